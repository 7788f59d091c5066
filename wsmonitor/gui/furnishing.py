"""Everything of the window that its first paint does without: panels, menus, dialogs, and what the actions do."""

from wsmonitor.gui.connection_actions import ConnectionActions
from wsmonitor.gui.controller import Controller
from wsmonitor.gui.endpoint_actions import EndpointActions
from wsmonitor.gui.finding_actions import FindingActions
from wsmonitor.gui.help_actions import HelpActions
from wsmonitor.gui.keys import SpacePressesButtons
from wsmonitor.gui.lab_actions import LabActions
from wsmonitor.gui.main_menu import MainMenu
from wsmonitor.gui.panels.disconnect_menu import DisconnectMenu
from wsmonitor.gui.panels.monitor_view import MonitorView
from wsmonitor.gui.parts import Parts
from wsmonitor.gui.preference_actions import PreferenceActions
from wsmonitor.gui.snippet_actions import SnippetActions
from wsmonitor.gui.view_actions import ViewActions
from wsmonitor.gui.window import Window
from wsmonitor.gui.workspace_actions import WorkspaceActions


def furnish(window: Window, controller: Controller, parts: Parts) -> None:
    """Make `window` whole. The plots themselves are loaded once it was painted with what is there then."""
    actions, toolbar, look = window.actions_table, window.toolbar, window.look
    window.furnish(controller, MonitorView(window.table, parts, look, window))
    toolbar.add_disconnect_menu(DisconnectMenu(parts.disruptions, toolbar))
    window.view_actions = ViewActions(actions, toolbar, window.monitor, window)
    window.lab_actions = LabActions(window)
    window.endpoint_actions = EndpointActions(window, look)
    window.workspace_actions = WorkspaceActions(window)
    window.snippet_actions = SnippetActions(window)
    window.preferences = PreferenceActions(window, look)
    MainMenu(window, window.workspace_actions.recent_menu)
    window.connection_actions = ConnectionActions(window)
    FindingActions(window, look.moments)
    window.help = HelpActions(window)
    SpacePressesButtons(window)
    window.after_paint(window.monitor.plots.load)
