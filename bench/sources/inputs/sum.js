print([1, 2, 3].reduce(sum, 0));

function sum(a, b) {
  return a + b;
}
