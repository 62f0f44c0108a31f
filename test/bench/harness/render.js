/** A table as Markdown: best, median and spread of each measure, and its ratio to the base. */
export function render(question, table, { rows, targets }, command) {
  const measures = Object.entries(table.measures);
  const header = [
    '',
    ...measures.flatMap(([, { unit, hasNoRatio }]) =>
      hasNoRatio ? [unit] : [unit, `× ${table.base}`],
    ),
  ];
  const base = rows.find(({ contender }) => contender === table.base);
  const body = rows.map(({ contender, measures: figures }) => [
    contender,
    ...measures.flatMap(([name, measure]) => {
      const figure = figures[name];
      const cell = figure === undefined ? '' : showFigure(figure, measure);
      if (measure.hasNoRatio) return [cell];
      const of = base?.measures[name]?.best;
      return [cell, figure === undefined || !of ? '' : showRatio(figure.best / of)];
    }),
  ]);
  return [
    `**${table.title}**`,
    '',
    ...toMarkdown([header, ...body]),
    ...(table.note === undefined ? [] : ['', table.note]),
    ...(table.growth === undefined ? [] : ['', ...showGrowth(table, rows)]),
    ...(targets.length === 0 ? [] : ['', ...targets.map(showTarget)]),
    '',
    `\`${command}\``,
    '',
  ].join('\n');
}

/** What may be 0 has no share of itself to be spread by: the worst stands there. */
function showFigure({ best, median, worst, spread }, { digits = 0, hasNoRatio = false }) {
  const far = hasNoRatio ? showNumber(worst, digits) : `${Math.round(spread * 100)} %`;
  return `${showNumber(best, digits)} (${showNumber(median, digits)}, ${far})`;
}

function showNumber(value, digits) {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'negative',
  });
}

function showRatio(ratio) {
  return showNumber(ratio, 2);
}

function showTarget({ says, measured, isMet }) {
  return `- ${isMet ? 'met' : '**missed**'}: ${says}: ${showNumber(measured, measured < 10 ? 2 : 0)}`;
}

function toMarkdown([header, ...body]) {
  const toLine = (cells) => `| ${cells.join(' | ')} |`;
  return [
    toLine(header),
    toLine(header.map((_, at) => (at === 0 ? '---' : '---:'))),
    ...body.map(toLine),
  ];
}

/** How a measure grows, as the power of what grows: 1 is in proportion, 0 is not at all. */
function showGrowth({ growth, measures }, rows) {
  const points = rows.flatMap(({ contender, measures: figures }) => {
    const x = growth.at(contender);
    return x === undefined ? [] : [{ x, figures }];
  });
  return Object.entries(measures).flatMap(([name, { unit, hasNoRatio = false }]) => {
    const known = points.filter(({ figures }) => figures[name] !== undefined);
    if (hasNoRatio || known.length < 3) return [];
    const power = slope(known.map(({ x, figures }) => [Math.log(x), Math.log(figures[name].best)]));
    return [`- ${unit} grows as ${growth.along} to the power of ${showRatio(power)}`];
  });
}

/** The slope of the line through points, by least squares. */
function slope(points) {
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
