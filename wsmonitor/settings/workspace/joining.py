"""Several workspace files as one that has no file of its own."""

from collections.abc import Sequence

from msgspec.structs import replace

from wsmonitor.settings.names import numbered, unique_names
from wsmonitor.settings.workspace.reading import Workspace


def joined(files: Sequence[Workspace]) -> Workspace:
    """All of them together, under unique names; a close code means what the first file says that names it."""
    snippets = [snippet for file in files for snippet in file.snippets]
    titles = numbered([snippet.name for snippet in snippets])
    alerts = [(rule, file.path) for file in files for rule in file.alerts]
    names = numbered([rule.name for rule, _ in alerts])
    codes = {one.code: one for file in reversed(files) for one in file.close_codes}
    return Workspace(
        endpoints=tuple(unique_names(one for file in files for one in file.endpoints)),
        snippets=tuple(replace(one, name=title) for one, title in zip(snippets, titles, strict=True)),
        close_codes=tuple(codes.values()),
        alerts=tuple(replace(rule, name=name) for (rule, _), name in zip(alerts, names, strict=True)),
        origins={name: path for (_, path), name in zip(alerts, names, strict=True) if path is not None},
    )
