"""Stand-ins for AWS that keep what a SageMaker SDK asks for, and how a case's arguments become the SDK's.

Used by sdk1_requests.py and sdk2_requests.py, each of which loads an SDK of its own.
"""

import contextlib
import io
import json
import logging
import re
import sys
import warnings

from botocore.exceptions import ClientError

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

REGION = "eu-central-1"
ACCOUNT = "123456789012"
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
            output = made["OutputDataConfig"]
            model = "model/" if output.get("CompressionType") == "NONE" else "model.tar.gz"
            folder = "{}/{}".format(output["S3OutputPath"].rstrip("/"), made["TrainingJobName"])
            return {
                "TrainingJobStatus": "Completed",
                "OutputDataConfig": output,
                "ModelArtifacts": {"S3ModelArtifacts": f"{folder}/output/{model}"},
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


class Willing:
    """Takes every call and answers nothing."""

    def __getattr__(self, _name):
        return lambda *_args, **_kwargs: {}


class Storage:
    """S3, as far as making the default bucket goes."""

    meta = type("Meta", (), {"client": Willing()})()

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


def laid_over(base, case):
    """The base's arguments with the case's over them; a case without the base's deploy says `"deploy": null`."""
    sections = {section: {**values, **(case.get(section) or {})} for section, values in base.items()}
    return {section: values for section, values in sections.items() if case.get(section, {}) is not None}


def lines_of(case):
    """A request a line, so that a difference shows where it is."""
    return ",\n".join(f"  {json.dumps(key)}: {json.dumps(case[key], sort_keys=True)}" for key in sorted(case))


def print_requests(requests_of):
    """Prints what the function records for each case of the file that is named."""
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
