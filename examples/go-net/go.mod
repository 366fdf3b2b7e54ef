module example.com/go-net

go 1.19
