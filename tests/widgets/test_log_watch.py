"""How pages learn that a log grows."""

import threading

from realtime_lab.widgets.log_watch import LogWatch, WatchThread


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
        busy = self.watch.look(now)
        return [message["type"] for message in self.posted], busy


def test_growth_is_told_with_its_numbers_alone():
    scene = Scene()
    assert scene.look(0.0) == ([], False)
    scene.size = (12, 3.5)
    scene.look(1.0)
    assert scene.posted == [{"type": "grown", "events": 12, "seconds": 3.5}]
    assert scene.look(2.0) == ([], False)


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
    assert [busy for _, busy in told] == [True, True, True, False, False]


def test_long_work_is_told_once_a_second():
    scene = Scene(steps=10_000)
    told = sum(len(scene.look(step / 100)[0]) for step in range(1000))
    assert 9 <= told <= 11


def test_growth_is_told_while_there_is_work_to_do():
    scene = Scene(steps=10_000)
    scene.look(0.0)
    scene.size = (1, 1.0)
    assert "grown" in scene.look(0.3)[0]


def test_a_thread_looks_from_the_first_question_on_until_it_is_closed():
    looked = threading.Event()

    def look(now):
        looked.set()
        return False

    thread = WatchThread(look)
    assert not looked.is_set()
    thread.asked()
    thread.asked()
    assert looked.wait(10)
    thread.close()
    thread._thread.join(10)
    assert not thread._thread.is_alive()
    thread.asked()
