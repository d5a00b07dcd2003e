// Metadata: what an engine tells about an image or a container, read into a struct.

package conu

import (
	"encoding/json"

	"conu/internal/native"
)

// Metadata is a snapshot. A field is empty where the object has no such thing: an image has no hostname.
type Metadata struct {
	Name              string                   // first name of an image, name of a container
	Identifier        string                   // the ID
	CreationTimestamp string                   // by RFC 3339, as the engine wrote it
	Digest            string                   // first of the repository digests of an image
	Hostname          string                   // host name inside a container
	Status            string                   // state of a container, such as "running"
	Labels            map[string]string        // all labels
	Env               map[string]string        // the whole environment
	PortMappings      map[string][]PortMapping // of a container: for "8080/tcp" the host's addresses and ports
	Command           []string                 // the command that is run
	ImageNames        []string                 // all names of an image, with their tags
	RepoDigests       []string                 // digests under which registries know an image
	ExposedPorts      []string                 // ports that are declared open, as "8080/tcp"
	IPv4Addresses     []string                 // of a container, one for each network
	IPv6Addresses     []string                 // of a container, one for each network
}

func takeMetadata(out uintptr) (*Metadata, error) {
	from := native.SwigcptrMetadata(out)
	defer native.DeleteMetadata(from)
	taken := &Metadata{
		Name:              from.Get_name(),
		Identifier:        from.Get_identifier(),
		CreationTimestamp: from.Get_creation_timestamp(),
		Digest:            from.Get_digest(),
		Hostname:          from.Get_hostname(),
		Status:            from.Get_status(),
		Command:           copyStrings(from.Get_command()),
		ImageNames:        copyStrings(from.Get_image_names()),
		RepoDigests:       copyStrings(from.Get_repo_digests()),
		ExposedPorts:      copyStrings(from.Get_exposed_ports()),
		IPv4Addresses:     copyStrings(from.Get_ipv4_addresses()),
		IPv6Addresses:     copyStrings(from.Get_ipv6_addresses()),
	}
	for _, document := range []struct {
		text string
		into any
	}{
		{from.Get_labels_json(), &taken.Labels},
		{from.Get_env_json(), &taken.Env},
		{from.Get_port_mappings_json(), &taken.PortMappings},
	} {
		if err := decode(document.text, document.into); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// decode reads a document that may be absent.
func decode(text string, to any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), to)
}
