module conu

go 1.19
