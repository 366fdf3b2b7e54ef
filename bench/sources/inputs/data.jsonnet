{ sum: std.foldl(function(a, b) a + b, [1, 2, 3], 0) }
