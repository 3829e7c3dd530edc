"""Tools of the vulnerability agents: inventory, advisories and changes."""

import json
import os
import urllib.error
import urllib.request


def _ask(path: str, body: dict | None = None) -> dict:
    """One JSON request to the asset service."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(os.environ["ASSETS_URL"] + path, data=data, headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=1.0) as response:
        return json.load(response)


def list_packages(host: str) -> dict:
    """Packages installed on a host, with versions.

    Args:
        host: name of the host
    """
    try:
        return _ask(f"/hosts/{host}/packages")
    except urllib.error.HTTPError as error:
        raise LookupError(f"host {host} not found") from error


def find_advisory(package: str, version: str) -> dict:
    """Newest advisory for a version of a package, with score and fixed version.

    Args:
        package: name of the package
        version: installed version
    """
    return _ask(f"/advisories/{package}/{version}")


def open_change(host: str, package: str, version: str) -> dict:
    """Open a change request to update a package.

    Args:
        host: name of the host
        package: name of the package
        version: version to install
    """
    return _ask("/changes", {"host": host, "package": package, "version": version})
