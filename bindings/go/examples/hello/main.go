// Hello: run a command in a container of the image that is named, and show what came of it.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"conu"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	image := must(conu.NewImage(ctx, nil, os.Args[1], conu.WithPullPolicy(conu.PullIfNotPresent)))
	builder := must(conu.NewRunBuilder([]string{"echo", "hello"}, "-e", "KEY=value"))
	container := must(image.RunViaAPI(ctx, builder))
	defer container.Delete(ctx, conu.WithForce())
	code := must(container.Wait(ctx, conu.WithTimeout(30*time.Second)))
	fmt.Printf("%sexit code %d\n", must(container.LogsUnicode(ctx)), code)
}
