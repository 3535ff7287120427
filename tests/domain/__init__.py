"""The rules by themselves: no servers, no clock."""
