"""The pauses after which a part of the demonstration starts again."""

from app.demo.restarts import Restarts


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_part_that_keeps_ending_waits_ever_longer_and_one_that_was_well_does_not() -> None:
    clock = Clock()
    restarts = Restarts(clock)
    restarts.note_start()
    pauses = []
    for _ in range(8):
        pause = restarts.note_end()
        assert pause is not None
        assert restarts.note_end() is None  # told once
        assert not restarts.is_due()
        clock.now += pause
        assert restarts.is_due()
        restarts.note_start()
        pauses.append(pause)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    clock.now += 61
    assert restarts.note_end() == 1
