/* One contender, one round, one process: argv has the question, the table, the contender, the size. */

const [question, table, contender, size] = process.argv.slice(2);
const { measure } = await import(`../${question}.js`);
const measured = await measure(table, contender, JSON.parse(size));
process.send(measured, () => {
  process.exit(0);
});
