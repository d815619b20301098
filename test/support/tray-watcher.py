"""A watcher of tray icons for the session bus (StatusNotifierItem). Each line on standard input is answered by one line of JSON
with the icons that are there: their tooltip, their menu's labels and a digest of their picture."""
import hashlib
import json
import logging
import pathlib
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Watcher(dbus.service.Object):
    items = []

    @dbus.service.method(NAME, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender):
        path = service if service.startswith("/") else "/StatusNotifierItem"
        self.items.append((sender, path))

    @dbus.service.method(NAME, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        return {"IsStatusNotifierHostRegistered": dbus.Boolean(True), "ProtocolVersion": dbus.Int32(0)}.get(name, dbus.Array([], signature="s"))

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, interface):
        return {"IsStatusNotifierHostRegistered": dbus.Boolean(True), "ProtocolVersion": dbus.Int32(0)}


def labels(owner, path):
    menu = dbus.Interface(bus.get_object(owner, path), "com.canonical.dbusmenu")
    _, layout = menu.GetLayout(0, -1, ["label"])
    return [str(properties["label"]) for _, properties, _ in layout[2] if "label" in properties]


def look(owner, path):
    item = dbus.Interface(bus.get_object(owner, path), PROPERTIES).GetAll(ITEM)
    _, _, title, text = item["ToolTip"]
    # The picture lies in a folder of its own: one file in one or more sizes.
    files = sorted(pathlib.Path(item["IconThemePath"]).rglob(item["IconName"] + ".png"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest() if files else ""
    return {"tooltip": str(title) + str(text), "picture": digest, "menu": labels(owner, str(item["Menu"]))}


def asked(source, condition):
    if not source.readline():
        loop.quit()
        return False
    found = []
    for owner, path in watcher.items:
        try:
            found.append(look(owner, path))
        except dbus.DBusException as error:
            if not bus.name_has_owner(owner):
                continue
            found.append({"error": str(error)})
    print(json.dumps(found), flush=True)
    return True


logging.disable(logging.ERROR)
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
held = dbus.service.BusName(NAME, bus, do_not_queue=True)
watcher = Watcher(bus, "/StatusNotifierWatcher")
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, asked)
print("[]", flush=True)
loop.run()
