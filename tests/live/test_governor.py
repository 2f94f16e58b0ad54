"""The governor on modelled machines: it finds what fits, stays there, and follows what changes. Nobody sleeps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live_seg.config.tree import Governor as GovernorConfig
from live_seg.live.governor import Governor, Rung, Sample, ladder


@dataclass
class Machine:
    """A computer: what it takes for the loop, for a close look of the network, and what else runs on it.

    Attributes
    ----------
    loop_s, look_s, follow_s
        CPU time of one frame without the network, of a close look, and of following, on a free core.
    cores
        Threads of the network as well.
    others
        Cores that other work wants, by the second.
    """

    loop_s: float
    look_s: float
    cores: int = 2
    follow_s: float = 0.003
    fps: float = 30.0
    others: Callable[[int], float] = lambda second: 0.0
    wobble: float = 0.1
    seed: int = 0

    def second(self, number: int, rung: Rung) -> Sample:
        """One second at a rung, as the loop would measure it."""
        random = np.random.default_rng((self.seed, number))
        free = max(0.3, 1 - self.others(number) / self.cores / 2)  # the scheduler shares, half and half at worst
        noise = 1 + self.wobble * random.uniform(-1, 1)
        look_s = self.look_s * rung.share / self.cores / free * noise
        follow_s = self.follow_s / free
        matte_s = (look_s + (rung.stride - 1) * follow_s) / rung.stride
        frame_cpu_s = (
            self.loop_s + (self.look_s * rung.share + (rung.stride - 1) * self.follow_s) / rung.stride
        ) * noise
        made = int(min(self.fps, 1 / matte_s, self.cores * free / frame_cpu_s))
        return Sample(1.0, made * frame_cpu_s, int(self.fps), made, max(1, made // rung.stride), look_s, follow_s)


def run(
    machine: Machine, seconds: int, target_fps: float = 30.0, max_cpu: float = 100.0, governor: Governor | None = None
) -> tuple[list[Rung], list[Sample]]:
    """The rungs and samples, second by second."""
    config = GovernorConfig(target_fps=target_fps, max_cpu_percent=max_cpu)
    governor = governor or Governor(config, ladder(target_fps, 300), machine.cores, machine.cores)
    rungs, samples = [], []
    for number in range(seconds):
        rungs.append(governor.rung)
        samples.append(machine.second(number, governor.rung))
        governor.tick(samples[-1])
    return rungs, samples


def changes(rungs: list[Rung]) -> int:
    return sum(one != other for one, other in itertools.pairwise(rungs))


FAST = Machine(loop_s=0.006, look_s=0.020)
LAPTOP = Machine(loop_s=0.010, look_s=0.050)
WEAK = Machine(loop_s=0.012, look_s=0.080, cores=1)
HOPELESS = Machine(loop_s=0.015, look_s=0.500, cores=1)


def test_a_fast_machine_is_left_alone() -> None:
    rungs, _ = run(FAST, 120)
    assert set(rungs) == {Rung()}


@pytest.mark.parametrize(("machine", "limit"), [(LAPTOP, 0.5), (LAPTOP, 0.4), (WEAK, 0.7)])
def test_it_keeps_to_the_share_of_the_processor_within_seconds(machine: Machine, limit: float) -> None:
    _, samples = run(machine, 60, target_fps=24, max_cpu=100 * limit)
    late = [sample.cpu_s / machine.cores for sample in samples[10:]]
    assert np.median(late) <= 1.05 * limit
    assert run(machine, 60)[1][0].cpu_s / machine.cores > limit  # so that it had something to do


def test_a_weak_machine_comes_to_a_steady_24_frames_a_second() -> None:
    rungs, samples = run(WEAK, 60, target_fps=24)
    assert samples[0].made < 20
    assert all(sample.made >= 24 for sample in samples[8:])
    assert rungs[-1] != Rung()


def test_a_hopeless_machine_ends_on_the_last_rung_and_stays_there() -> None:
    rungs, _ = run(HOPELESS, 120)
    assert set(rungs[5:]) == {ladder(30, 300)[-1]}


@given(
    st.floats(0.002, 0.02),
    st.floats(0.01, 0.3),
    st.integers(1, 8),
    st.sampled_from([25, 50, 80, 100]),
    st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_on_no_machine_does_it_swing(loop_s: float, look_s: float, cores: int, max_cpu: int, seed: int) -> None:
    """Ten minutes: it may try the better rung now and then, more and more rarely."""
    rungs, _ = run(Machine(loop_s, look_s, cores, seed=seed), 600, max_cpu=max_cpu)
    assert changes(rungs[60:]) <= 16
    assert changes(rungs[300:]) <= 8


def test_it_takes_what_fits_and_not_less() -> None:
    """A laptop that may use half of its cores looks at every second or third frame, closely."""
    rungs, _ = run(LAPTOP, 200, max_cpu=50)
    assert rungs[-1].share == 1
    assert 2 <= rungs[-1].stride <= 3


def test_load_that_comes_is_answered_within_seconds_and_load_that_goes_within_half_a_minute() -> None:
    machine = Machine(0.008, 0.034, cores=2, others=lambda second: 2.0 if 60 <= second < 120 else 0.0)
    rungs, samples = run(machine, 240)
    assert set(rungs[:60]) == {Rung()}
    assert rungs[64] != Rung()
    assert min(sample.made for sample in samples[66:120]) >= 28
    assert rungs[155] == Rung()
    assert set(rungs[155:]) == {Rung()}


@pytest.mark.parametrize("seconds", [10, 20, 60])
def test_however_long_everything_was_too_much_it_is_back_as_soon(seconds: int) -> None:
    """What it never tried cannot have been a mistake: not while a program starts, not while another one works."""
    machine = Machine(0.030, 0.020, others=lambda second: 40.0 if second < seconds else 0.0)
    rungs, samples = run(machine, seconds + 60)
    assert rungs[seconds - 1] != Rung()
    assert samples[seconds - 1].made < 25  # too much all the while
    assert set(rungs[seconds + 35 :]) == {Rung()}


def test_one_bad_second_changes_nothing() -> None:
    rungs, _ = run(Machine(0.006, 0.030, others=lambda second: 3.5 if second == 30 else 0.0), 60)
    assert set(rungs) == {Rung()}


def test_a_slow_camera_is_no_reason_to_look_less() -> None:
    rungs, _ = run(Machine(0.006, 0.020, fps=15), 60, target_fps=30)
    assert set(rungs) == {Rung()}


@given(st.floats(5, 120), st.floats(50, 2000))
def test_no_rung_lets_a_matte_become_older_than_half_of_what_the_guard_allows(fps: float, max_age_ms: float) -> None:
    rungs = ladder(fps, max_age_ms)
    assert rungs[0] == Rung()
    assert all(rung.stride == 1 or rung.stride / fps * 1e3 <= max_age_ms / 2 for rung in rungs)
    assert [rung.work for rung in rungs] == sorted((rung.work for rung in rungs), reverse=True)


class Deceptive(Machine):
    """Looking at every frame takes three times what the reckoning says."""

    def second(self, number: int, rung: Rung) -> Sample:
        machine = Machine(self.loop_s, 3 * self.look_s) if rung == Rung() else Machine(self.loop_s, self.look_s)
        return machine.second(number, rung)


def test_what_was_a_mistake_is_tried_more_rarely_and_then_once_a_minute() -> None:
    rungs, _ = run(Deceptive(0.006, 0.030), 600)
    tried = [second for second, (one, other) in enumerate(itertools.pairwise(rungs)) if one != other == Rung()]
    pauses = np.diff(tried)
    assert pauses[0] < pauses[1] < pauses[2]
    assert 60 <= min(pauses[3:]) <= max(pauses) < 70
