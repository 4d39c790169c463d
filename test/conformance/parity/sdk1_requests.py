"""What the SageMaker Python SDK 1.72.1 asks of AWS for the cases of cases.json, in AWS's own field names.

A case is an input of fitThenDeploy, or of fit where it has no deploy: arguments under the names that this package gives them.
Each is handed to the SDK under its Python name, fit() and deploy() are called, and the boto clients, which are recorders, keep
what they are asked for. Prints one JSON object: case -> operation -> request, or case -> {"refused": the SDK's reason}.

Usage: sdk1_requests.py CASES.json
"""

import inspect
import json
import uuid

from recording import Boto, Recorder, each, in_aws_words, of_class, print_requests, snake  # isort: skip -- it quiets the SDK

import sagemaker
import sagemaker.utils
from sagemaker.debugger import CollectionConfig, DebuggerHookConfig, Rule, TensorBoardOutputConfig
from sagemaker.estimator import Estimator
from sagemaker.inputs import FileSystemInput, s3_input
from sagemaker.model_monitor import DataCaptureConfig
from sagemaker.session import ShuffleConfig
from smdebug_rulesconfig import builtin_rules

# What the SDK does without being asked, or cannot.
OURS_ALONE = ["hyperparameterEncoding"]


def source(value):
    if isinstance(value, str):
        return value
    if "fileSystemId" in value:
        return of_class(FileSystemInput)(value)
    return of_class(s3_input, shuffleConfig=of_class(ShuffleConfig))(value)


def is_one(value):
    """Whether an object is one input; with a name that no input has, it is one of channels."""
    return any({snake(name) for name in value} <= set(inspect.signature(made_by).parameters) for made_by in (s3_input, FileSystemInput))


def inputs(value):
    if isinstance(value, str) or value and is_one(value):
        return source(value)
    return {channel: source(data) for channel, data in value.items()}


collections = each(of_class(CollectionConfig))


def base_config(values):
    """What the SDK's users hand over for a rule of SageMaker's; a rule that it does not know has nothing but its name."""
    known = [make() for _, make in inspect.getmembers(builtin_rules, inspect.isfunction) if not inspect.signature(make).parameters]
    for config in known:
        if config["DebugRuleConfiguration"]["RuleParameters"].get("rule_to_invoke") == values.get("ruleToInvoke"):
            return config
    parameters = {"rule_to_invoke": values["ruleToInvoke"]} if "ruleToInvoke" in values else {}
    return {"DebugRuleConfiguration": {"RuleConfigurationName": values["name"], "RuleParameters": parameters}}


def rule(values):
    """A rule with an image of its own is a custom one; any other is one of SageMaker's, by the name that it has there."""
    if "imageUri" in values:
        return of_class(Rule.custom, collectionsToSave=collections)(values)
    rest = {key: value for key, value in values.items() if key != "ruleToInvoke"}
    return of_class(Rule.sagemaker, collectionsToSave=collections)({"baseConfig": base_config(values), **rest})


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


# Names that the SDK makes hold the time, and the places that it uploads rules to something random.
sagemaker.utils.sagemaker_timestamp = lambda: "2026-03-01-12-00-00-000"
uuid.uuid4 = lambda: "00000000-0000-4000-8000-000000000000"


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
    saved = recorded["CreateTrainingJob"].get("DebugHookConfig")
    if saved:
        # The SDK keeps them in a set, whose order is chance.
        saved["CollectionConfigurations"].sort(key=lambda one: (one["CollectionName"], json.dumps(one, sort_keys=True)))
    return recorded


assert sagemaker.__version__ == "1.72.1", sagemaker.__version__
print_requests(requests_of)
