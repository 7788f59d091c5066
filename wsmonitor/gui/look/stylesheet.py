"""The one style sheet of the window, made from a theme."""

from string import Template

from wsmonitor.gui.look.colors import Theme
from wsmonitor.resources import resource

_SHEET = Template("""
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 3px 6px; }
QBalloonTip QLabel { color: #101418; }  /* its ground is Qt's own pale yellow */
QWidget#toolbar { background: $panel; border-bottom: 1px solid $border; }
QWidget#statusbar { background: $window; border-top: 1px solid $border; }
QWidget#panel, QWidget#tabs { background: $panel; }
QLabel#muted, QLabel#heading_hint { color: $muted; }
QLabel#error { color: $failure; }
QSplitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }

QToolButton, QPushButton {
    background: $raised; color: $text; border: 1px solid $raised; border-radius: 5px; padding: 5px 9px;
}

QToolButton[popupMode="1"], QToolButton[popupMode="2"] { padding-right: 18px; }
QFileDialog QToolButton { padding: 1px; }
QToolButton[compact="true"] { padding: 5px 2px; }
QToolButton[compact="true"][popupMode="1"], QToolButton[compact="true"][popupMode="2"] { padding-right: 14px; }
QToolButton:hover, QPushButton:hover { background: $hover; border-color: $hover; }
QToolButton:focus, QPushButton:focus { border-color: $rtt_ws; }
QToolButton:disabled, QPushButton:disabled { color: $muted; }
QToolButton:checked { background: $accent; border-color: $accent; }
QToolButton#primary, QPushButton#primary, QPushButton:default { background: $accent; border-color: $accent; }
QToolButton#disconnect { background: $disconnect; border-color: $disconnect; }
QToolButton#live[state="live"] { background: $live; border-color: $live; }
QToolButton#live[state="behind"] { border-color: $warning; color: $warning; }
QToolButton#disconnect:focus, QToolButton#primary:focus, QPushButton#primary:focus, QToolButton#live:focus {
    border-color: $rtt_ws;
}
QToolButton#record[recording="true"] { background: $recording; border-color: $recording; }
QToolButton::menu-button { border: none; width: 16px; }
QToolButton#flat, QPushButton#flat { background: transparent; border-color: transparent; color: $muted; }
QToolButton#flat:hover, QPushButton#flat:hover { color: $text; background: $hover; }
QToolButton#flat:focus { border-color: $rtt_ws; }

QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 4px 18px 4px 10px; border-radius: 4px; }
QMenu::item:selected { background: $accent; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }

QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: $plot; color: $text; border: 1px solid $border; border-radius: 4px; padding: 3px 6px;
    selection-background-color: $accent; selection-color: $text;
}
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border-color: $rtt_ws; }
QLineEdit[problem="true"] { border-color: $failure; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; color: $text; selection-background-color: $accent; }

QTableWidget#rows { background: $plot; border: 1px solid $border; border-radius: 4px; gridline-color: $border; }
QTableWidget#rows:focus { border-color: $rtt_ws; }
QTableWidget#rows QLineEdit { border-radius: 0; padding: 0 4px; }
QListWidget#pages { background: $window; border: none; border-right: 1px solid $border; outline: none; padding: 8px 0; }
QListWidget#pages::item { padding: 6px 12px; color: $muted; border: none; }
QListWidget#pages::item:hover { color: $text; }
QListWidget#pages::item:selected { background: $selection; color: $text; }
QLabel#good { color: $rtt_ws; }
QTreeView, QTableView { background: $panel; border: none; outline: none; selection-background-color: $selection; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section {
    background: $panel; color: $muted; border: none; border-bottom: 1px solid $border; padding: 4px 6px;
}
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-position: top center; height: 7px; }
QHeaderView::section:hover { color: $text; }
QTabBar { background: $panel; }
QTabBar::tab { background: $panel; color: $muted; padding: 6px 11px; border: none; border-bottom: 2px solid $panel; }
QTabBar::tab:selected { background: $selection; color: $text; border-bottom-color: $rtt_ws; }
QTabBar::tab:hover { color: $text; }
QTabBar:focus { color: $text; }
QTabWidget::pane { border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $hover; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QWidget#replay { background: $recording; border-bottom: 1px solid $border; }
QProgressBar { background: $plot; border: 1px solid $border; border-radius: 4px; }
QProgressBar::chunk { background: $rtt_ws; border-radius: 3px; }
QSlider::groove:horizontal { background: $border; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $text; width: 12px; margin: -4px 0; border-radius: 6px; }
QSlider::handle:horizontal:focus { background: $rtt_ws; }
QWidget#banner { background: $selection; border-bottom: 1px solid $border; }
QScrollArea#findings { background: $panel; border: none; border-top: 1px solid $border; }
QFrame#card { background: $raised; border: 1px solid $border; border-radius: 7px; }
QFrame#card[severity="problem"] { background: $problem_card; border-color: $problem_edge; }
QFrame#card[severity="warning"] { background: $warning_card; border-color: $warning_edge; }
QFrame#card QPushButton { padding: 3px 9px; background: $hover; border-color: $hover; }
QFrame#card QPushButton#primary { background: $accent; border-color: $accent; }
QFrame#card QPushButton#flat { background: transparent; border-color: transparent; }
QFrame#card QPushButton:focus { border-color: $rtt_ws; }
QLabel#pill { background: $muted; color: #0c0f12; border-radius: 7px; padding: 0 8px; font-weight: 600; }
QLabel#pill[severity="problem"] { background: #D55E00; }
QLabel#pill[severity="warning"] { background: #E69F00; }
QLabel#pill[verdict="ok"] { background: #009E73; }
QLabel#pill[verdict="finding"] { background: #E69F00; }
QLabel#pill[verdict="bad"] { background: #D55E00; }
QLabel#pill[verdict="not tested"] { background: #8C8C8C; }
QLabel#pill[verdict="now"] { background: #56B4E9; }
QLabel#pill[stage="learning"] { background: #E69F00; }
QLabel#pill[stage="resolved"] { background: #8FB5A3; }
QFrame#card[stage="resolved"] { border-color: #5d7d6f; }
QLabel#confidence { color: $warning; }
QLabel#link { border: 1px solid transparent; border-radius: 3px; }
QLabel#link:hover, QLabel#link:focus { color: $rtt_ws; }
QLabel#strong { font-weight: 600; }
QPushButton#story { text-align: left; }
QWidget#notice { background: $selection; border: 1px solid $accent; border-radius: 4px; }
QWidget#notice[problem="true"] { background: $disconnect; border-color: $problem_edge; }
QLabel#filter_problem {
    background: $raised; color: $failure; border: 1px solid $problem_edge; border-radius: 4px; padding: 3px 8px;
}
QWidget#verdict { background: $panel; border-bottom: 1px solid $border; }
QWidget#verdict QToolButton { padding: 1px 8px; }
QWidget#lens { background: $panel; border-right: 1px solid $rtt_ws; }
QWidget#focusbar { background: $selection; border-top: 1px solid $rtt_ws; }
QWidget#popover { background: $raised; border: 1px solid $border; border-radius: 6px; }
QWidget#popover QPushButton { background: $hover; border-color: $hover; }
QWidget#popover QPushButton#primary { background: $accent; border-color: $accent; }
QWidget#popover QPushButton:focus { border-color: $rtt_ws; }
QWidget#popover QPushButton:disabled { background: transparent; border-color: $border; }
QWidget#popover QListWidget { background: $plot; border: 1px solid $border; border-radius: 4px; outline: none; }
QWidget#popover QListWidget::item { padding: 3px 6px; border: none; }
QWidget#popover QListWidget::item:selected { background: $accent; color: $text; }
QCheckBox { color: $text; spacing: 6px; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid $muted; border-radius: 3px; background: $plot; }
QCheckBox::indicator:checked { background: $rtt_ws; border-color: $rtt_ws; image: url("$tick"); }
QCheckBox:focus { color: $rtt_ws; }
QToolButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: center right; right: 4px; }
""")


def stylesheet(theme: Theme) -> str:
    """The style sheet in the colours of `theme`."""
    pictures = {name: resource(f"icons/{name}.svg").as_posix() for name in ("chevron", "tick")}
    return _SHEET.substitute(pictures | {name: getattr(theme, name) for name in theme.__struct_fields__})
