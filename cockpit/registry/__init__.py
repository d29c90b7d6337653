"""台账: units, sites, channels and accounts, with validation that names row and column."""

from cockpit.registry.files import load_register
from cockpit.registry.model import Account, Channel, ChannelType, Register, Site, Unit, rows

__all__ = ["Account", "Channel", "ChannelType", "Register", "Site", "Unit", "load_register", "rows"]
