"""A disk without room, told from its other faults."""

import errno

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No room on the device, in the quota, below the limit of the process."""


def is_full(fault: OSError) -> bool:
    """Did a write fail because nothing more fits?"""
    return fault.errno in _FULL
