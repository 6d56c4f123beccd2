"""Words that bring up the numbers to call once more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cases.emergency_words import sounds_urgent

URGENT = [
    *("三楼着火了", "充电棚起火", "有小孩落水", "有人溺水", "孩子掉河里了", "楼道煤气味很重", "燃气泄漏"),
    *("变电箱爆炸", "老人昏倒在路边", "有人持刀", "救命", "The shed is on fire", "Fire in the kitchen"),
    *("A boy is drowning", "There is a child in the water", "gas leak at no. 8", "He is bleeding"),
]
CALM = [
    *("防溺水标识牌掉了", "消防通道停满电动车", "消火栓打不出水", "护栏断了 3 米", "路灯不亮", "灭火器过期"),
    *(
        "Fire exit blocked by bicycles",
        "The fire hydrant is dry",
        "Fire door does not close",
        "Railing broken",
    ),
    "",
]


@pytest.mark.parametrize("words", URGENT)
def test_danger_now_is_heard(words: str) -> None:
    assert sounds_urgent(words)


@pytest.mark.parametrize("words", CALM)
def test_a_hazard_that_can_wait_is_not_taken_for_danger(words: str) -> None:
    assert not sounds_urgent(words)


@given(st.text(max_size=30), st.sampled_from(URGENT), st.text(max_size=30))
def test_what_stands_around_it_does_not_hide_it(before: str, words: str, after: str) -> None:
    assert sounds_urgent(f"{before}\n{words}\n{after}")
