export const rooms: string[];
export const runName: string;
export const ROOMS_WITHOUT_SERVER: string[];
export const ROOMS_WITHOUT_BUNDLE: string[];
