"""Functions of IP networks."""

from __future__ import annotations

import re

from checker.hcl.functions.convert import BeyondUsError
from checker.hcl.functions.signature import Signature, text, whole
from checker.hcl.values import EvaluationError, Value
from checker.record import dataclass

_PADDING = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class _Network:
    """A network: its lowest address as a number, the length of its prefix, and the bits that an address has."""

    start: int
    length: int
    bits: int

    @property
    def size(self) -> int:
        return 1 << (self.bits - self.length)

    def address(self, number: int) -> str:
        """An address as text."""
        from ipaddress import IPv4Address, IPv6Address

        return str(IPv4Address(number) if self.bits == 32 else IPv6Address(number))

    def __str__(self) -> str:
        return f"{self.address(self.start)}/{self.length}"


def _network(value: Value) -> _Network:
    from ipaddress import ip_network

    written = text(value)
    if "." in written and ":" in written:
        raise BeyondUsError  # an IPv4 address within an IPv6 address
    if not re.fullmatch(r"[0-9A-Fa-f:.]+/[0-9]{1,3}", written):
        raise EvaluationError("invalid CIDR expression")
    try:
        found = ip_network(_PADDING.sub("", written) if "." in written else written, strict=False)
    except ValueError as error:
        raise EvaluationError("invalid CIDR expression") from error
    return _Network(int(found.network_address), found.prefixlen, found.max_prefixlen)


def _host(network: _Network, number: int) -> Value:
    if not -network.size <= number < network.size:
        raise EvaluationError(f"a prefix of {network.length} does not accommodate that host number")
    return network.address(network.start + number % network.size)


def _netmask(network: _Network) -> Value:
    if network.bits != 32:
        raise EvaluationError("IPv6 addresses cannot have a netmask")
    return network.address((1 << 32) - network.size)


def _subnet(network: _Network, more_bits: int, number: int) -> Value:
    if more_bits < 0 or number < 0:
        raise BeyondUsError  # Terraform lets both pass and counts on
    length = network.length + more_bits
    if length > network.bits:
        raise EvaluationError(f"insufficient address space to extend prefix of {network.length} by {more_bits}")
    if number >= 1 << more_bits:
        raise EvaluationError(f"prefix extension of {more_bits} does not accommodate a subnet numbered {number}")
    return str(_Network(network.start + (number << (network.bits - length)), length, network.bits))


def _subnets(network: _Network, *more_bits: int) -> Value:
    found, start = [], network.start
    if more_bits and not start:
        raise EvaluationError("not enough remaining address space")  # so it is with Terraform, for a network that starts at zero
    for more in more_bits:
        if not 1 <= more <= 32 or network.length + more > network.bits:
            raise EvaluationError("must extend the prefix by at least one bit, by 32 at most, and not beyond the address")
        length = network.length + more
        size = 1 << (network.bits - length)
        start = -(-start // size) * size
        if start >= network.start + network.size:
            raise EvaluationError(f"not enough remaining address space for a subnet with a prefix of {length} bits")
        found.append(str(_Network(start, length, network.bits)))
        start += size
    return tuple(found)


SIGNATURES = {
    "cidrhost": Signature(_host, (_network, whole)),
    "cidrnetmask": Signature(_netmask, (_network,)),
    "cidrsubnet": Signature(_subnet, (_network, whole, whole)),
    "cidrsubnets": Signature(_subnets, (_network,), rest=whole),
}
