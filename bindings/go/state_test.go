// The state of a container.

package conu_test

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"conu"
)

func TestAContainerTellsItsState(t *testing.T) {
	container := start(t, "exec sleep 600", "-e", "WORD=hello", "-l", "made.by=go", "--hostname=host-of-go")
	if status, err := container.Status(ctx); err != nil || status != "running" {
		t.Errorf("status %q, %v", status, err)
	}
	pid, err := container.PID(ctx)
	if err != nil || pid <= 0 {
		t.Errorf("pid %d, %v", pid, err)
	}
	document, err := container.Inspect(ctx)
	if err != nil || document["Id"] != container.ID() {
		t.Fatalf("inspect gives %v, %v", document, err)
	}
	metadata, err := container.Metadata(ctx, conu.WithRefresh())
	if err != nil {
		t.Fatal(err)
	}
	if metadata.Identifier != container.ID() || metadata.Name != container.Name() || metadata.Status != "running" ||
		metadata.Env["WORD"] != "hello" || metadata.Labels["made.by"] != "go" || metadata.Hostname != "host-of-go" ||
		len(metadata.Command) == 0 {
		t.Errorf("metadata %+v", metadata)
	}
	addresses, err := container.IPv4s(ctx)
	if err != nil || len(addresses) != 1 {
		t.Fatalf("addresses %v, %v", addresses, err)
	}
	if address, err := netip.ParseAddr(addresses[0]); err != nil || !address.Is4() {
		t.Errorf("address %v, %v", address, err)
	}
	if addresses, err := container.IPv6s(ctx); err != nil {
		t.Errorf("addresses %v, %v", addresses, err)
	}
}

func TestAContainerKnowsItsImage(t *testing.T) {
	container := start(t, "true")
	if name, err := container.ImageName(ctx); err != nil || !strings.HasPrefix(name, repository(t)) {
		t.Errorf("image %q, %v", name, err)
	}
	image, err := container.Image(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	id, err := image.ID(ctx)
	want, _ := busybox(t, openEngine(t)).ID(ctx)
	if err != nil || id != want {
		t.Errorf("image %q is not %q, %v", id, want, err)
	}
}

func TestPublishedPortsAreFound(t *testing.T) {
	container := start(t, "exec sleep 600", "-p", "127.0.0.1::8080", "--expose=9090")
	port, err := container.HostPort(ctx, 8080)
	if err != nil || port <= 0 {
		t.Fatalf("host port %d, %v", port, err)
	}
	mappings, err := container.PortMappings(ctx, 8080)
	if want := (conu.PortMapping{HostIP: "127.0.0.1", HostPort: strconv.Itoa(port)}); err != nil || len(mappings) != 1 || mappings[0] != want {
		t.Errorf("mappings %v, %v", mappings, err)
	}
	all, err := container.AllPortMappings(ctx)
	if err != nil || len(all["8080/tcp"]) != 1 {
		t.Errorf("all mappings %v, %v", all, err)
	}
	if metadata, err := container.Metadata(ctx, conu.WithRefresh()); err != nil || len(metadata.PortMappings["8080/tcp"]) != 1 {
		t.Errorf("metadata %+v, %v", metadata, err)
	}
	if ports, err := container.Ports(ctx); err != nil || !strings.Contains(strings.Join(ports, " "), "8080 9090") {
		t.Errorf("ports %v, %v", ports, err)
	}
	if _, err := container.HostPort(ctx, 7070); !errors.Is(err, conu.ErrState) {
		t.Errorf("a port that is not published gives %v", err)
	}
	for _, wrong := range []int{-1, 0, 65536, 1<<32 + 8080} {
		if _, err := container.PortMappings(ctx, wrong); !errors.Is(err, conu.ErrInvalidArgument) {
			t.Errorf("port %d gives %v", wrong, err)
		}
	}
}

func TestAContainerIsFoundByIDAndName(t *testing.T) {
	container := start(t, "true")
	for _, name := range []string{container.ID(), container.Name()} {
		same, err := conu.ContainerFromID(ctx, openEngine(t), name)
		if err != nil {
			t.Fatal(err)
		}
		if same.ID() != container.ID() || same.Name() != container.Name() {
			t.Errorf("%q is %q, %q", name, same.ID(), same.Name())
		}
		same.Close()
	}
	if _, err := conu.ContainerFromID(ctx, openEngine(t), "no-such-container"); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("a missing container gives %v", err)
	}
	if _, err := conu.ContainerFromID(ctx, openEngine(t), ""); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("no name gives %v", err)
	}
}
