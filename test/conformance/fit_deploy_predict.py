"""The SageMaker Python SDK's own way from data to predictions, as its documentation shows it.

Nothing of the SDK is replaced: where it goes is said by AWS_ENDPOINT_URL and by the clients it is given. Reads labelled
digits to train on and to ask about; prints, after all that the SDK prints, one line of JSON about what it was told.

Usage: fit_deploy_predict.py TRAINING_CSV HELD_OUT_CSV
"""

import json
import os
import sys

import boto3
from sagemaker import Session
from sagemaker.deserializers import JSONDeserializer
from sagemaker.estimator import Estimator
from sagemaker.serializers import CSVSerializer

ROLE = "arn:aws:iam::123456789012:role/Trainer"
PIXELS = 64

training_csv, held_out_csv = sys.argv[1:]

boto_session = boto3.Session(region_name=os.environ["AWS_REGION"])
# With a bucket and a role's ARN given, the SDK has no reason to ask STS, which it looks for at AWS's own address alone.
session = Session(boto_session=boto_session, default_bucket="digits-of-python")

estimator = Estimator(
    image_uri="digits",
    role=ROLE,
    instance_count=1,
    instance_type="ml.m5.large",
    base_job_name="digits",
    hyperparameters={"epochs": 8, "seed": 1, "epoch_seconds": 0.8},
    sagemaker_session=session,
)
estimator.fit({"training": session.upload_data(training_csv, key_prefix="digits")}, logs=True)

predictor = estimator.deploy(
    initial_instance_count=1,
    instance_type="ml.m5.large",
    serializer=CSVSerializer(),
    deserializer=JSONDeserializer(),
)
with open(held_out_csv, encoding="utf-8") as file:
    rows = [[int(cell) for cell in line.split(",")] for line in file]
answer = predictor.predict([row[:PIXELS] for row in rows])
right = [row[PIXELS] == prediction["label"] for row, prediction in zip(rows, answer["predictions"], strict=True)]

predictor.delete_model()
predictor.delete_endpoint(delete_endpoint_config=True)

print()
print(
    json.dumps(
        {
            "trainingJobName": estimator.latest_training_job.name,
            "modelData": estimator.model_data,
            "endpointName": predictor.endpoint_name,
            "accuracy": sum(right) / len(right),
            "asked": len(right),
        }
    )
)
