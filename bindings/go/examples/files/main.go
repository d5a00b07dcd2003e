// Files: mount an image, look at what is in it without running it, copy some of it out. files IMAGE
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"conu"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatalf("usage: %s IMAGE", os.Args[0])
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, name string) error {
	image, err := conu.NewImage(ctx, nil, name)
	if err != nil {
		return err
	}
	files, err := image.Mount(ctx)
	if err != nil {
		return err
	}
	defer files.Close()
	fmt.Printf("mounted by %s at %s\n", files.Method(), files.MountPoint())
	for _, step := range []func(context.Context, *conu.Filesystem) error{look, readRelease, tellOfShell, list, copyOut} {
		if err := step(ctx, files); err != nil {
			return err
		}
	}
	return files.Unmount(ctx)
}

func look(ctx context.Context, files *conu.Filesystem) error {
	hasPasswd, err := files.FileIsPresent(ctx, "/etc/passwd")
	if err != nil {
		return err
	}
	hasRoot, err := files.DirectoryIsPresent(ctx, "/root")
	if err != nil {
		return err
	}
	words := map[bool]string{true: "there", false: "missing"}
	fmt.Printf("/etc/passwd is %s, /root is %s\n", words[hasPasswd], words[hasRoot])
	return nil
}

func readRelease(ctx context.Context, files *conu.Filesystem) error {
	data, err := files.ReadFile(ctx, "/etc/os-release")
	if err != nil {
		return err
	}
	fmt.Printf("/etc/os-release has %d bytes\n", len(data))
	return nil
}

func tellOfShell(ctx context.Context, files *conu.Filesystem) error {
	status, err := files.Stat(ctx, "/bin/sh")
	if err != nil {
		return err
	}
	fmt.Printf("%s %d:%d %d %s\n", status.Permissions, status.UID, status.GID, status.Size, status.Path)
	return nil
}

func list(ctx context.Context, files *conu.Filesystem) error {
	names, err := files.List(ctx, "/etc")
	if err != nil {
		return err
	}
	for _, name := range names {
		fmt.Printf("/etc/%s\n", name)
	}
	return nil
}

func copyOut(ctx context.Context, files *conu.Filesystem) error {
	folder, err := conu.NewDirectory(ctx)
	if err != nil {
		return err
	}
	defer folder.Close()
	return files.CopyFrom(ctx, "/etc", filepath.Join(folder.Path(), "etc"))
}
