"""Why a request was refused. English only: programs and those who write them read it."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "key_missing": "Writing needs HTTP Basic with a key: `anlan key sensing NAME` makes one.",
    "not_done": "Not implemented: %(what)s.",
    "path_unknown": "There is no property or way named %(path)s here.",
    "filter_wrong": "The $filter cannot be read, or compares what cannot be compared: %(text)s.",
    "option_unknown": "There is no option %(option)s.",
    "option_twice": "The option %(option)s is given more than once.",
    "option_wrong": "The option %(option)s cannot be read.",
    "too_costly": "This takes longer than 10 seconds: name a Datastream, or a span of phenomenonTime.",
    "body_wrong": "The body must be a JSON object, in text without NUL and half signs.",
    "body_too_large": "At most %(most)s bytes in one request.",
    "field_missing": "%(field)s is missing or not of its kind.",
    "datastream_unknown": "There is no Datastream %(id)s.",
    "entity_unknown": "There is no %(kind)s %(id)s.",
    "result_not_number": "The result must be a finite number.",
    "result_out_of_range": "The result lies outside of what this property can be: %(low)s to %(high)s.",
    "time_wrong": "phenomenonTime must be one moment in ISO 8601 with its zone.",
    "time_in_future": "phenomenonTime lies in the future.",
    "time_too_old": "phenomenonTime is before %(oldest)s: readings are not kept for so long.",
    "observation_differs": "There is a reading of this Datastream at this time already, with another result.",
    "too_many_readings": "At most %(most)s readings in one request.",
}
"""A reason of Refused -> its sentence."""
