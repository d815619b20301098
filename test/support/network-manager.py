"""A NetworkManager for the bus at DBUS_SYSTEM_BUS_ADDRESS that only knows whether the network is paid by volume. Each line on standard
input (a number of NMMetered) becomes the value; each is answered by a line."""
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.NetworkManager"
PROPERTIES = "org.freedesktop.DBus.Properties"


class NetworkManager(dbus.service.Object):
    metered = 0

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        if name != "Metered":
            raise dbus.DBusException("No such property", name="org.freedesktop.DBus.Error.InvalidArgs")
        return dbus.UInt32(self.metered)

    # busctl looks at what there is before it asks.
    @dbus.service.method("org.freedesktop.DBus.Introspectable", in_signature="", out_signature="s")
    def Introspect(self):
        return f'<node><interface name="{NAME}"><property name="Metered" type="u" access="read"/></interface></node>'


def told(source, condition):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    manager.metered = int(line)
    print("set", flush=True)
    return True


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SystemBus()
name = dbus.service.BusName(NAME, bus)
manager = NetworkManager(bus, "/org/freedesktop/NetworkManager")
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, told)
print("ready", flush=True)
loop.run()
