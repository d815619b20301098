const steps = [80, 90, 100, 110, 125, 150, 175, 200];

/** The next zoom step in a direction, in percent; stays at the ends. */
export const nextZoom = (percent: number, direction: 1 | -1): number =>
  (direction === 1 ? steps.find((step) => step > percent) : steps.findLast((step) => step < percent)) ?? percent;
