/**
 * Resolves an image's name to the folder that stands for it. A name counts exactly as it was registered, or as the
 * repository of that name in the account's own registry.
 */
import type { World } from '../world';

export function resolveImage(world: World, image: string): string | undefined {
  const registry = `${world.account}.dkr.ecr.${world.region}.amazonaws.com/`;
  const local = image.startsWith(registry) ? image.slice(registry.length) : image;
  return world.images.get(image) ?? world.images.get(local) ?? world.images.get(local.replace(/:latest$/, ''));
}
