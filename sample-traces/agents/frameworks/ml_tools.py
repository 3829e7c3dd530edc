"""Tools of the model-release agents: training runs, evaluation and the model registry."""

import json
import os
import urllib.error
import urllib.request


def _ask(path: str, body: dict | None = None) -> dict:
    """One JSON request to the tracking service."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["TRACKING_URL"] + path, data=data, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=1.0) as response:
        return json.load(response)


def get_training_run(run_id: str) -> dict:
    """Metrics of a training run.

    Args:
        run_id: id of the run, for example run-381
    """
    try:
        return _ask(f"/runs/{run_id}")
    except urllib.error.HTTPError as error:
        raise LookupError(f"run {run_id} not found") from error


def evaluate_on(run_id: str, dataset: str) -> dict:
    """Evaluate the model of a run on a dataset.

    Args:
        run_id: id of the run
        dataset: name of the evaluation dataset
    """
    return _ask(f"/evaluations/{run_id}/{dataset}")


def promote_model(run_id: str, stage: str) -> dict:
    """Move the model of a run to a stage.

    Args:
        run_id: id of the run
        stage: staging or production
    """
    return _ask("/promotions", {"run_id": run_id, "stage": stage})
