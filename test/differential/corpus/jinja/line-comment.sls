## a comment
a: runner.test.arg
{#- multi
line -#}
b: runner.test.arg
