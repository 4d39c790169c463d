"""What the SageMaker Python SDK 1.72.1 asks of AWS for the cases of cases.json, in AWS's own field names.

A case is an input of fitThenDeploy, or of fit where it has no deploy: arguments under the names that this package gives them.
Each is handed to the SDK under its Python name, fit() and deploy() are called, and the boto clients, which are recorders, keep
what they are asked for. Prints one JSON object: case -> operation -> request, or case -> {"refused": the SDK's reason}.

Usage: sdk1_requests.py CASES.json
"""

import contextlib
import io
import json
import logging
import re
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import sagemaker  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from sagemaker.debugger import CollectionConfig, DebuggerHookConfig, Rule, TensorBoardOutputConfig  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.inputs import FileSystemInput, s3_input  # noqa: E402
from sagemaker.model_monitor import DataCaptureConfig  # noqa: E402
from sagemaker.session import ShuffleConfig  # noqa: E402

REGION = "eu-central-1"
ACCOUNT = "123456789012"
# What the SDK does without being asked, or cannot.
OURS_ALONE = ["hyperparameterEncoding"]
RECORDED = ["CreateTrainingJob", "CreateModel", "CreateEndpointConfig", "CreateEndpoint"]


class Recorder:
    """A boto client that keeps the requests of interest and answers what the SDK needs to go on."""

    def __init__(self, requests):
        self.requests = requests
        self._client_config = type("Config", (), {"user_agent": ""})()

    def __getattr__(self, method):
        operation = "".join(part.capitalize() for part in method.split("_"))

        def call(**request):
            if operation in RECORDED:
                assert operation not in self.requests, f"{operation} was asked for twice"
                # Written out at once: the SDK goes on changing some of what it has handed over.
                self.requests[operation] = json.loads(json.dumps(request))
            return self.answer(operation, request)

        return call

    def answer(self, operation, request):
        if operation == "DescribeTrainingJob":
            made = self.requests["CreateTrainingJob"]
            folder = "{}/{}".format(made["OutputDataConfig"]["S3OutputPath"].rstrip("/"), made["TrainingJobName"])
            return {
                "TrainingJobStatus": "Completed",
                "ModelArtifacts": {"S3ModelArtifacts": f"{folder}/output/model.tar.gz"},
            }
        if operation == "CreateModel":
            return {"ModelArn": "arn:aws:sagemaker:{}:{}:model/{}".format(REGION, ACCOUNT, request["ModelName"])}
        if operation in ("DescribeEndpoint", "DescribeEndpointConfig"):
            made = self.requests.get(operation.replace("Describe", "Create"))
            if made is None:
                raise ClientError({"Error": {"Code": "ValidationException", "Message": "Could not find it"}}, operation)
            return made
        return {}


class Identity:
    """STS and IAM: one account, and roles without a path."""

    def get_caller_identity(self):
        return {"Account": ACCOUNT}

    def Role(self, name):  # noqa: N802 -- boto3's own name
        return type("Role", (), {"arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"})()


class Storage:
    """S3, as far as making the default bucket goes."""

    meta = type("Meta", (), {"client": None})()

    def __getattr__(self, _name):
        return lambda *_args, **_kwargs: self


class Boto:
    """A boto session without credentials, whose clients call nothing."""

    region_name = REGION

    def client(self, name, **_options):
        return Identity() if name == "sts" else Recorder({})

    def resource(self, name, **_options):
        return {"iam": Identity, "s3": Storage}[name]()


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def in_aws_words(values):
    return {name[0].upper() + name[1:]: value for name, value in values.items()}


def of_class(made_by, **inner):
    """Makes an object of the SDK whose arguments are an object's fields; some of them are objects of the SDK themselves."""

    def convert(values):
        return made_by(**{snake(key): inner[key](value) if key in inner else value for key, value in values.items()})

    return convert


def each(convert):
    return lambda values: [convert(value) for value in values]


def source(value):
    if isinstance(value, str):
        return value
    if "fileSystemId" in value:
        return of_class(FileSystemInput)(value)
    return of_class(s3_input, shuffleConfig=of_class(ShuffleConfig))(value)


def inputs(value):
    if isinstance(value, str) or "s3Data" in value or "fileSystemId" in value:
        return source(value)
    return {channel: source(data) for channel, data in value.items()}


collections = each(of_class(CollectionConfig))


def rule(values):
    """A rule with an image of its own is a custom one; any other is one of SageMaker's, by the name that it has there."""
    if "imageUri" in values:
        return of_class(Rule.custom, collectionsToSave=collections)(values)
    parameters = {"rule_to_invoke": values["ruleToInvoke"]} if "ruleToInvoke" in values else {}
    base = {"DebugRuleConfiguration": {"RuleConfigurationName": values["name"], "RuleParameters": parameters}}
    rest = {key: value for key, value in values.items() if key not in ("name", "ruleToInvoke")}
    return of_class(Rule.sagemaker, collectionsToSave=collections)({"baseConfig": base, **rest})


def hook(values):
    return False if values is False else of_class(DebuggerHookConfig, collectionConfigs=collections)(values)


def conversions(session):
    """Arguments that are not handed over as they are."""
    return {
        "tags": each(in_aws_words),
        "metricDefinitions": each(in_aws_words),
        "experimentConfig": in_aws_words,
        "vpcConfigOverride": in_aws_words,
        "debuggerHookConfig": hook,
        "tensorboardOutputConfig": of_class(TensorBoardOutputConfig),
        "rules": each(rule),
        "dataCaptureConfig": lambda value: of_class(DataCaptureConfig)({**value, "sagemakerSession": session}),
        "inputs": inputs,
    }


def requests_of(case):
    recorded = {}
    session = sagemaker.Session(boto_session=Boto(), sagemaker_client=Recorder(recorded))
    convert = conversions(session)

    def arguments(values):
        return {snake(name): convert[name](value) if name in convert and value is not None else value for name, value in values.items()}

    given = {name: value for name, value in case["estimator"].items() if name not in OURS_ALONE}
    estimator = Estimator(sagemaker_session=session, **arguments(given))
    estimator.fit(wait=False, logs=False, **arguments(case["fit"]))
    if "deploy" in case:
        estimator.deploy(wait=False, **arguments(case["deploy"]))
    hook = recorded["CreateTrainingJob"].get("DebugHookConfig")
    if hook:
        # The SDK keeps them in a set, whose order is chance.
        hook["CollectionConfigurations"].sort(key=lambda one: (one["CollectionName"], json.dumps(one, sort_keys=True)))
    return recorded


def laid_over(base, case):
    """The base's arguments with the case's over them; a case without the base's deploy says `"deploy": null`."""
    sections = {section: {**values, **(case.get(section) or {})} for section, values in base.items()}
    return {section: values for section, values in sections.items() if case.get(section, {}) is not None}


def lines_of(case):
    """A request a line, so that a difference shows where it is."""
    return ",\n".join(f"  {json.dumps(key)}: {json.dumps(case[key], sort_keys=True)}" for key in sorted(case))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        table = json.load(file)
    told = {}
    for name, case in table["cases"].items():
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                told[name] = requests_of(laid_over(table["base"], case))
            except (ValueError, TypeError, RuntimeError) as error:
                told[name] = {"refused": str(error)}
    print("{\n" + ",\n".join(f"{json.dumps(name)}: {{\n{lines_of(case)}\n}}" for name, case in told.items()) + "\n}")


assert sagemaker.__version__ == "1.72.1", sagemaker.__version__
main()
