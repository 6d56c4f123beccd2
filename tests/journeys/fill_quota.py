"""Fill the quota of plain reports of this machine's network, as many neighbours without JavaScript would."""

import sys

import django


def main() -> None:
    """Count as many of them in this hour as the argument says."""
    django.setup()
    from django.utils import timezone

    from anlan.flows.receipts import hour_of, installation_salt, network_mark
    from anlan.store.models import CountKind, SentCount

    count = int(sys.argv[1])
    mark, hour = network_mark("127.0.0.1", installation_salt()), hour_of(timezone.now())
    SentCount.objects.update_or_create(kind=CountKind.PLAIN, mark=mark, hour=hour, defaults={"count": count})


if __name__ == "__main__":
    main()
