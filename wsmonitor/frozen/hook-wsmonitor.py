"""Everything that is imported by its name, the resources, and sources where the program reads its own."""

from pathlib import Path

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

from wsmonitor.resources import resource

hiddenimports = collect_submodules("wsmonitor")
datas = collect_data_files("wsmonitor") + [
    (str(path), str(Path("wsmonitor/resource_files") / path.relative_to(folder).parent))
    for folder in [resource("wsmonitor.desktop").parent]
    for path in folder.rglob("*")
    if path.is_file() and "screenshots" not in path.parts
]
module_collection_mode = {"wsmonitor.settings.endpoint_settings": "pyz+py"}  # the editor shows its docstrings
