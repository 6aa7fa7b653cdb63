"""How pages learn that a log grows."""

import threading

from realtime_lab.widgets.log_watch import LOOK_SECONDS, LogWatch


class Work:
    """So many steps of work."""

    def __init__(self, steps=0):
        self.steps = steps

    def advance(self):
        self.steps -= 1
        return self.steps >= 0


class Scene:
    def __init__(self, steps=0):
        self.size = (0, 0.0)
        self.posted = []
        self.work = Work(steps)
        self.watch = LogWatch(lambda: self.size, self.work, self.posted.append)

    def look(self, now):
        self.posted.clear()
        pause = self.watch.look(now)
        return [message["type"] for message in self.posted], pause


def test_growth_is_told_with_its_numbers_alone():
    scene = Scene()
    assert scene.look(0.0) == ([], LOOK_SECONDS)
    scene.size = (12, 3.5)
    scene.look(1.0)
    assert scene.posted == [{"type": "grown", "events": 12, "seconds": 3.5}]
    assert scene.look(2.0) == ([], LOOK_SECONDS)


def test_growth_is_told_at_most_five_times_a_second():
    scene = Scene()
    told = 0
    for step in range(1000):
        scene.size = (step + 1, 0.0)
        told += scene.look(step / 100)[0].count("grown")
    assert 40 <= told <= 51


def test_what_there_was_before_is_no_growth():
    posted = []
    LogWatch(lambda: (500, 9.0), Work(), posted.append).look(0.0)
    assert posted == []


def test_work_is_done_step_by_step_and_told_when_it_is_done():
    scene = Scene(steps=3)
    told = [scene.look(step / 1000) for step in range(5)]
    assert [names for names, _ in told] == [["measured"], [], [], ["measured"], []]
    assert all(pause < LOOK_SECONDS for _, pause in told[:3])
    assert told[-1][1] == LOOK_SECONDS


def test_long_work_is_told_once_a_second():
    scene = Scene(steps=10_000)
    told = sum(len(scene.look(step / 100)[0]) for step in range(1000))
    assert 9 <= told <= 11


def test_growth_is_told_while_there_is_work_to_do():
    scene = Scene(steps=10_000)
    scene.look(0.0)
    scene.size = (1, 1.0)
    assert "grown" in scene.look(0.3)[0]


def test_it_looks_from_a_thread_of_its_own_until_it_is_closed():
    looked = threading.Event()

    class Seen(Work):
        def advance(self):
            looked.set()
            return False

    watch = LogWatch(lambda: (0, 0.0), Seen(), lambda message: None)
    assert not looked.is_set()
    watch.start()
    watch.start()
    assert looked.wait(10)
    watch.close()
    watch._thread.join(10)
    assert not watch._thread.is_alive()
