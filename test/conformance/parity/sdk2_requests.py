"""What the SageMaker Python SDK 2.257.7 asks of AWS for the cases of cases2.json: the arguments that came after 1.72.1.

As sdk1_requests.py, under the names that the SDK gives its arguments since its version 2.

Usage: sdk2_requests.py CASES.json
"""

from recording import Boto, Recorder, each, in_aws_words, of_class, print_requests, snake  # isort: skip -- it quiets the SDK

import sagemaker
import sagemaker.model
import sagemaker.utils
from sagemaker.async_inference import AsyncInferenceConfig
from sagemaker.estimator import Estimator
from sagemaker.inputs import ShuffleConfig, TrainingInput
from sagemaker.instance_group import InstanceGroup
from sagemaker.model_monitor import DataCaptureConfig
from sagemaker.serverless import ServerlessInferenceConfig

RENAMED = {
    "imageName": "image_uri",
    "image": "image_uri",
    "trainInstanceCount": "instance_count",
    "trainInstanceType": "instance_type",
    "trainVolumeSize": "volume_size",
    "trainMaxRun": "max_run",
}


def source(value):
    return value if isinstance(value, str) else of_class(TrainingInput, shuffleConfig=of_class(ShuffleConfig))(value)


def inputs(value):
    if isinstance(value, str) or "s3Data" in value:
        return source(value)
    return {channel: source(data) for channel, data in value.items()}


def notified(values):
    """The SDK takes SNS topics as AWS calls them."""
    topics = values.pop("notificationConfig", None)
    config = {} if topics is None else {"notificationConfig": in_aws_words(topics)}
    return of_class(AsyncInferenceConfig)({**values, **config})


# Names that the SDK makes hold the time.
sagemaker.utils.sagemaker_timestamp = lambda: "2026-03-01-12-00-00-000"
sagemaker.model.unique_name_from_base = lambda base: f"{base}-1772366400-70bc"


def requests_of(case):
    recorded = {}
    session = sagemaker.Session(boto_session=Boto(), sagemaker_client=Recorder(recorded))
    convert = {
        "tags": each(in_aws_words),
        "inputs": inputs,
        "instanceGroups": each(of_class(InstanceGroup)),
        "serverlessInferenceConfig": of_class(ServerlessInferenceConfig),
        "asyncInferenceConfig": notified,
        "dataCaptureConfig": lambda value: of_class(DataCaptureConfig)({**value, "sagemakerSession": session}),
    }

    def arguments(values):
        return {
            RENAMED.get(name, snake(name)): convert[name](value) if name in convert else value
            for name, value in values.items()
            if value is not None
        }

    estimator = Estimator(sagemaker_session=session, **arguments(case["estimator"]))
    estimator.fit(wait=False, logs=False, **arguments(case["fit"]))
    if "deploy" in case:
        estimator.deploy(wait=False, **arguments(case["deploy"]))
    return recorded


assert sagemaker.__version__ == "2.257.7", sagemaker.__version__
print_requests(requests_of)
