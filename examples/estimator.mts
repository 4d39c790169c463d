// Trains, hosts and asks a model, as the README shows it. Needs a dev stack with the data of upload-digits.mjs in it.
import { csvSerializer, Estimator, jsonDeserializer } from 'temporal-sagemaker/client';

const estimator = new Estimator({
  imageName: 'digits', // on AWS: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1
  role: 'SageMakerRole',
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
});
estimator.setHyperparameters({ epochs: 20, learning_rate: 0.2 });

await estimator.fit('s3://digits-data/training/');
console.log(estimator.modelData);

const predictor = await estimator.deploy({
  initialInstanceCount: 1,
  instanceType: 'ml.m5.large',
  serializer: csvSerializer,
  deserializer: jsonDeserializer,
});
// prettier-ignore
const pixels = [
  0, 0,  5, 13,  9,  1,  0, 0,
  0, 0, 13, 15, 10, 15,  5, 0,
  0, 3, 15,  2,  0, 11,  8, 0,
  0, 4, 12,  0,  0,  8,  8, 0,
  0, 5,  8,  0,  0,  9,  8, 0,
  0, 4, 11,  0,  1, 12,  7, 0,
  0, 2, 14,  5, 10, 12,  0, 0,
  0, 0,  6, 13, 10,  0,  0, 0,
];
console.log(await predictor.predict(pixels));

await estimator.deleteEndpoint();
await estimator.close();
