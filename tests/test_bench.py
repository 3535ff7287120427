"""The benchmark suite's arithmetic: ratios are taken within a round, and what is written can be read again."""

from pathlib import Path

from bench import measure, page, plot, results
from bench.measure import Sample
from bench.results import Ratio, Result


def sample(seconds: float, *latencies: float, cpu: float = 1.0) -> Sample:
    return Sample(operations=10, seconds=seconds, latencies=latencies, cpu={"api": cpu, "driver": cpu})


async def test_sides_alternate_and_every_other_round_goes_backwards() -> None:
    ran: list[str] = []

    def side(name: str) -> measure.Side:
        async def run() -> Sample:
            ran.append(name)
            return sample(1.0)

        return run

    samples = await measure.interleaved({"ours": side("a"), "floor": side("b")}, 3)
    assert "".join(ran) == "abbaab"
    assert {name: len(found) for name, found in samples.items()} == {"ours": 3, "floor": 3}


def test_a_ratio_is_taken_within_each_round_and_never_across_rounds() -> None:
    ours = [sample(1.0), sample(4.0), sample(2.0)]
    floor = [sample(2.0), sample(4.0), sample(1.0)]
    assert measure.ratio(ours, floor, "rate") == measure.Spread(median=1.0, low=0.5, high=2.0)


def test_percentiles_and_cpu_are_per_operation_in_milliseconds() -> None:
    figures = sample(2.0, *(number / 1000 for number in range(1, 101)), cpu=0.05).figures()
    assert figures["rate"] == 5.0
    assert (round(figures["p50_ms"]), round(figures["p99_ms"])) == (51, 100)
    assert (figures["cpu_ms"], figures["cpu_ms api"]) == (10.0, 5.0)


async def test_the_lanes_share_the_work_and_every_operation_is_timed_once() -> None:
    done: list[tuple[int, int]] = []

    async def one(lane: int, number: int) -> None:
        done.append((lane, number))

    assert len(await measure.at_once(7, 3, one)) == 7
    assert sorted(number for _, number in done) == list(range(7))


def test_a_goal_is_a_least_or_a_most() -> None:
    value = measure.spread([0.7, 0.9, 0.8])
    assert Ratio(what="rate", against="floor", value=value, goal=0.8, at_least=True).met
    assert not Ratio(what="p50_ms", against="floor", value=value, goal=0.75).met
    assert Ratio(what="cpu_ms", against="floor", value=value).met is None


def test_a_result_survives_its_file_and_lands_between_its_marks(tmp_path: Path) -> None:
    samples = {"ours": [sample(2.0, 0.002)], "floor": [sample(1.0, 0.001)]}
    result = Result(
        id="B4",
        title="t",
        rounds=1,
        per_round="10 reads",
        ratios=results.compared(samples, "floor", ("rate", 0.8, True), ("p50_ms", 3, False)),
        sides=results.tables(samples),
    )
    file = results.save(result, tmp_path)
    assert results.read(file) == result
    text = tmp_path / "page.md"
    text.write_text("before\n<!-- B4 -->\nold\n<!-- /B4 -->\nafter\n", encoding="utf-8")
    page.render(tmp_path, text, tmp_path / "plot.svg")
    written = text.read_text(encoding="utf-8")
    assert "old" not in written
    assert written.startswith("before\n<!-- B4 -->\n")
    assert written.endswith("<!-- /B4 -->\nafter\n")
    assert "| floor | operations a second | **0.5×** | 0.5 – 0.5 | ≥ 0.8× | **no** |" in written
    assert plot.drawn([result]).count("<rect") == 3
