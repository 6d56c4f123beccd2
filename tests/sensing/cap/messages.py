"""A good message, as fields and as XML, for tests that spoil it."""

from typing import Any

from anlan.sensing.cap.composing import compose

GOOD: dict[str, Any] = {
    "identifier": "331081-2026-0007",
    "sender": "duty@county.example",
    "sent": "2026-11-27T09:30:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
    "info": [
        {
            "language": "zh-CN",
            "category": ["Met", "Safety"],
            "event": "水位上涨",
            "responseType": ["Avoid"],
            "urgency": "Expected",
            "certainty": "Likely",
            "colour": "orange",
            "effective": "2026-11-27T09:30:00+08:00",
            "onset": "2026-11-27T12:00:00+08:00",
            "expires": "2026-11-27T21:00:00+08:00",
            "senderName": "望潮县指挥中心",
            "headline": "下塘水位上涨，远离水边",
            "description": "水位 3.2 m，每小时上升 10 cm。",
            "instruction": "不要下水，看好孩子。",
            "web": "https://city.example/warnings/7",
            "parameter": [{"valueName": "Level", "value": "3.2"}],
            "resource": [{"resourceDesc": "map", "mimeType": "image/png", "size": 1200, "digest": "a" * 40}],
            "area": [
                {
                    "areaDesc": "荻花村",
                    "polygon": [[28.6, 121.4], [28.7, 121.4], [28.7, 121.5], [28.6, 121.4]],
                    "circle": ["28.65,121.45 1.5"],
                    "geocode": [{"valueName": "GB/T 2260", "value": "331081"}],
                    "altitude": 10,
                    "ceiling": 20,
                }
            ],
        }
    ],
}


def good() -> str:
    """The good message as XML."""
    document, faults = compose(GOOD)
    assert faults == []
    return document.decode()
