"""NetworkX with another backend: the same answers, NetworkX itself for missing functions, one-line errors.

The tests install backends as a user would, by an entry point of a package. Each runs in a new process, since the
configuration of NetworkX applies to a whole process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from graphsvc.analysis.backend import use_backend
from graphsvc.cases.home import Home
from graphsvc.config import Settings
from graphsvc.errors import OperatorError

ROOT = Path(__file__).parents[2]
# Every use of NetworkX's algorithms, on graphs with equal scores, several components, and nodes enough for sampling.
WORK = """
    import json, logging, networkx as nx, numpy as np
    from graphsvc.analysis.backend import by_backend, use_backend
    from graphsvc.analysis.evaluation import baselines
    from graphsvc.analysis.ranking import structure
    from graphsvc.views.picture import measures
    from types import SimpleNamespace as Plain

    def drawn(size):
        ties = nx.gnm_random_graph(size, 3 * size, seed=2).edges
        return Plain(
            nodes=[Plain(id=f"p{node}", links=0) for node in range(size)],
            edges=[Plain(subject=f"p{one}", object=f"p{other}", denied=False) for one, other in ties],
        )

    def answers():
        graph = nx.convert_node_labels_to_integers(nx.disjoint_union(nx.gnm_random_graph(120, 400, seed=1), nx.cycle_graph(90)))
        between = structure._betweenness_far(nx.to_scipy_sparse_array(graph, format="csr"), np.arange(0, 200, 3))
        return {
            "between": baselines.betweenness(graph),
            "sampled": baselines.betweenness(graph, sample=40, seed=3),
            "pagerank": baselines.pagerank(graph, [1, 5]),
            "far": dict(enumerate(between.tolist())),
            "picture": measures.measure(drawn(350)),
        }
"""
COUNTING = """
    import networkx as nx

    CALLED = []

    class Graph:
        __networkx_backend__ = "counting"

        def __init__(self, graph):
            self.graph = graph

        def is_directed(self):
            return self.graph.is_directed()

        def is_multigraph(self):
            return self.graph.is_multigraph()

    class Backend:
        @staticmethod
        def convert_from_nx(graph, **more):
            return Graph(graph)

        @staticmethod
        def convert_to_nx(answer, **more):
            return answer.graph if isinstance(answer, Graph) else answer

        @staticmethod
        def betweenness_centrality(graph, *given, **options):
            CALLED.append("betweenness_centrality")
            return nx.betweenness_centrality(graph.graph, *given, **options, backend="networkx")

        @staticmethod
        def pagerank(graph, *given, **options):
            CALLED.append("pagerank")
            raise TypeError("this one is broken")

        @staticmethod
        def greedy_modularity_communities(graph, *given, **options):
            return [{node} for node in graph.graph]
"""


def install_backend(folder: Path, name: str, code: str) -> Path:
    """Install a package with a backend, as a user would."""
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(f"[networkx.backends]\n{name} = {name}_backend:Backend\n", "utf-8")
    (folder / f"{name}_backend.py").write_text(textwrap.dedent(code), "utf-8")
    return folder


def ran(code: str, *folders: Path) -> Any:
    """Run code in a new process that also finds these packages, and return the last line it prints."""
    path = os.pathsep.join([*map(str, folders), *filter(None, [os.environ.get("PYTHONPATH", "")]), str(ROOT)])
    script = textwrap.dedent(WORK) + textwrap.dedent(code)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environ, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def both(name: str) -> str:
    return f"""
        before = answers()
        use_backend({name!r})
        print(json.dumps([before, answers(), used()]))
    """


def test_what_a_backend_has_is_done_by_it_and_the_rest_by_networkx(tmp_path: Path) -> None:
    code = """
        def used():
            import counting_backend
            return [*counting_backend.CALLED, nx.config.backend_priority.algos]
    """
    before, after, used = ran(textwrap.dedent(code) + textwrap.dedent(both("counting")), install_backend(tmp_path, "counting", COUNTING))  # fmt: skip
    # The backend's own greedy_modularity_communities, which gives every node its own community, must not be used.
    assert after == before
    assert used == [
        "betweenness_centrality",
        "betweenness_centrality",
        "pagerank",
        "betweenness_centrality",
        ["counting"],
    ]


def test_where_a_backend_fails_networkx_does_it_and_the_log_says_so_once(tmp_path: Path) -> None:
    code = """
        import io
        said = io.StringIO()
        logging.basicConfig(stream=said)
        use_backend("counting")
        for _ in range(3):
            scores = baselines.pagerank(nx.path_graph(3))
        print(json.dumps({"scores": len(scores), "said": said.getvalue()}))
    """
    answer = ran(code, install_backend(tmp_path, "counting", COUNTING))
    assert answer["scores"] == 3
    assert answer["said"].count("\n") == 1
    assert "the backend counting failed in pagerank (TypeError): NetworkX does it" in answer["said"]


def test_a_fault_that_is_no_backends_is_told_as_ever() -> None:
    import networkx as nx

    from graphsvc.analysis.backend import by_backend

    with pytest.raises(nx.NetworkXNoPath):
        by_backend(nx.shortest_path, nx.empty_graph(2), 0, 1)


def test_nx_parallel_gives_what_networkx_gives() -> None:
    """Equal except for the last digits: it adds the same numbers in another order."""
    tried = """
        from graphsvc.errors import OperatorError
        try:
            use_backend("parallel")
            print(json.dumps(""))
        except OperatorError as error:
            print(json.dumps(str(error)))
    """
    if says := ran(tried):
        pytest.skip(says)
    code = """
        def used():
            import nx_parallel
            from graphsvc.analysis import backend
            return [nx.config.backends.parallel.active, nx_parallel.get_n_jobs() > 0, sorted(backend._failed)]
    """
    before, after, used = ran(textwrap.dedent(code) + textwrap.dedent(both("parallel")))
    *on, failed = used
    assert on == [True, True]
    assert [after[name] for name in ("clusters", "parts")] == [before[name] for name in ("clusters", "parts")]
    for name in ("between", "sampled", "pagerank", "far"):
        assert after[name] == pytest.approx(before[name], rel=1e-12, abs=1e-15), name
    for node, measures in before["picture"].items():
        assert after["picture"][node] == pytest.approx(measures, rel=1e-12, abs=1e-15)
    if failed:
        pytest.skip(f"nx-parallel fails in {', '.join(failed)} with this NetworkX, which did it")


def test_a_backend_that_is_not_installed_is_one_sentence_at_the_start(tmp_path: Path) -> None:
    says = r"GRAPHSVC_NETWORKX_BACKEND is 'no-such', which is no backend of NetworkX that is installed \("
    with pytest.raises(OperatorError, match=says):
        Home(Settings.read({"GRAPHSVC_NETWORKX_BACKEND": "no-such"}, home=tmp_path))
    assert not list(tmp_path.iterdir())  # before anything is computed


def test_a_backend_that_does_not_load_is_one_sentence(tmp_path: Path) -> None:
    code = """
        from graphsvc.errors import OperatorError
        try:
            use_backend("broken")
        except OperatorError as error:
            print(json.dumps({"says": str(error)}))
    """
    answer = ran(code, install_backend(tmp_path, "broken", "from networkx import no_such_thing\n"))
    assert "GRAPHSVC_NETWORKX_BACKEND is 'broken', which does not load with NetworkX 3." in answer["says"]
    assert "ImportError: cannot import name 'no_such_thing'" in answer["says"]


def test_networkx_itself_is_named_by_nothing_or_by_its_name() -> None:
    import networkx as nx

    before = str(nx.config)
    for name in ("", "networkx"):
        use_backend(name)
    assert str(nx.config) == before


def test_nothing_is_loaded_where_no_backend_is_named() -> None:
    code = "import sys\nfrom graphsvc.analysis.backend import use_backend\nuse_backend('')\nprint('networkx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"
