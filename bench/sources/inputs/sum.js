print(
  [1, 2, 3].reduce(function (a, b) {
    return a + b;
  }),
);
