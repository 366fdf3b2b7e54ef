#include <stdio.h>
#include <math.h>
int main(int argc, char **argv) { (void)argv; return printf("%f\n", sin(argc)) > 0 ? 0 : 1; }
