"""Everything of the window that its first paint does without: panels, menus, dialogs, and what the actions do."""

from wsmonitor.gui.endpoints.connection_actions import ConnectionActions
from wsmonitor.gui.endpoints.disconnect_menu import DisconnectMenu
from wsmonitor.gui.endpoints.endpoint_actions import EndpointActions
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.findings.finding_actions import FindingActions
from wsmonitor.gui.help.help_actions import HelpActions
from wsmonitor.gui.lab.lab_actions import LabActions
from wsmonitor.gui.sending.snippet_actions import SnippetActions
from wsmonitor.gui.start.registries import Parts
from wsmonitor.gui.time.view_actions import ViewActions
from wsmonitor.gui.window.keys import SpacePressesButtons
from wsmonitor.gui.window.main_menu import MainMenu
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.window import Window
from wsmonitor.gui.workspace.preference_actions import PreferenceActions
from wsmonitor.gui.workspace.workspace_actions import WorkspaceActions


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
