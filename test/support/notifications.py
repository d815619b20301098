"""A notification service for the session bus that shows nothing and writes each notification as one line of JSON.

A line {"id": 3} or {"id": 3, "action": "reply"} on standard input is a click on that notification."""
import json
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.Notifications"


def say(**line):
    print(json.dumps(line, ensure_ascii=True), flush=True)


class Notifications(dbus.service.Object):
    last = 0

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, app, replaces, icon, title, body, actions, hints, timeout):
        if not replaces:
            self.last += 1
        number = int(replaces) or self.last
        say(event="notify", id=number, app=str(app), title=str(title), body=str(body), actions=[str(action) for action in actions])
        return dbus.UInt32(number)

    @dbus.service.method(NAME, in_signature="u")
    def CloseNotification(self, number):
        say(event="close", id=int(number))
        self.NotificationClosed(number, dbus.UInt32(3))

    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self):
        return ["actions", "body", "body-markup", "persistence"]

    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self):
        return ("recorder", "test", "1.0", "1.2")

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, number, reason):
        pass

    @dbus.service.signal(NAME, signature="us")
    def ActionInvoked(self, number, action):
        pass


def clicked(source, condition, service):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    click = json.loads(line)
    service.ActionInvoked(dbus.UInt32(click["id"]), click.get("action", "default"))
    return True


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
held = dbus.service.BusName(NAME, bus, do_not_queue=True)
service = Notifications(bus, "/org/freedesktop/Notifications")
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, clicked, service)
say(event="ready")
loop.run()
