%token N
%%
e: e '+' N | N;
