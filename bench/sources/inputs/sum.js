var sum = 0;
[1, 2, 3].forEach(function (n) {
  sum += n;
});
if (typeof print === 'function') print(sum);
