"""The made-up city's services for other systems: one that asks for everything, one that answers later."""

from anlan.publishing.open311.terms import Datatype, ServiceType
from anlan.store.models import Category, ServiceAttribute

ASKING, LATER = "road-light", "other-place"
ASKED = (
    ("POLE", Datatype.STRING, False, "灯杆编号", "Number on the pole", "在灯杆上，例如 B-1203", ()),
    ("LAMPS", Datatype.NUMBER, False, "不亮的灯有几盏", "How many lamps are dark", "", ()),
    ("SINCE", Datatype.DATETIME, False, "什么时候开始不亮", "Dark since", "记不清就写大概的时间", ()),
    ("AROUND", Datatype.TEXT, False, "周围情况", "What is around it", "", ()),
    (
        "FAULT",
        Datatype.SINGLE,
        True,
        "什么毛病",
        "What is wrong",
        "",
        (("dark", "不亮", "Dark"), ("flickers", "闪", "Flickers"), ("leans", "歪了", "Leans")),
    ),
    (
        "WHO",
        Datatype.MULTI,
        False,
        "谁会经过",
        "Who passes there",
        "",
        (("pupils", "学生", "Pupils"), ("elderly", "老人", "Elderly people"), ("drivers", "司机", "Drivers")),
    ),
)
"""Code, datatype, required, description in zh and en, what to write, values with names in zh and en."""


def store_services(categories: dict[str, Category]) -> None:
    """A service with an attribute of every datatype, and one of type batch."""
    ServiceAttribute.objects.bulk_create(
        ServiceAttribute(
            category=categories[ASKING],
            code=code,
            datatype=datatype,
            required=required,
            order=order,
            description_zh=zh,
            description_en=en,
            datatype_description=how,
            values=[list(each) for each in values],
        )
        for order, (code, datatype, required, zh, en, how, values) in enumerate(ASKED, start=1)
    )
    Category.objects.filter(pk=categories[LATER].pk).update(open311_type=ServiceType.BATCH)
