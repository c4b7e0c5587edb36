// Command images builds what the end to end test installs, as image archives that any container runtime imports: the programs of
// Puente by the flags of deploy/Dockerfile, a NATS server and a Jaeger. It needs Go alone.
//
//	GOWORK=off go run ./images -o FOLDER
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

// Registry and Tag are what images are called: puente.e2e/puente-ingress:e2e.
const (
	registry = "puente.e2e"
	tag      = "e2e"
)

// program is one that becomes an image.
type program struct {
	image, folder, main string
	// at is where the image has it.
	at string
}

// programs are what is built. folder is counted from the repository's root.
func programs() []program {
	all := []program{
		{"puente", ".", "./services/puente", "/puente"},
		{"nats", "services", "github.com/nats-io/nats-server/v2", "/usr/local/bin/nats-server"},
	}
	for _, name := range []string{"ingress", "translator", "sandbox", "control"} {
		all = append(all, program{"puente-" + name, ".", "./services/" + name + "/cmd/" + name, "/puente"})
	}
	for _, name := range []string{"bonychat", "line", "phone", "telegram", "whatsapp"} {
		all = append(all, program{"puente-egress-" + name, ".", "./services/egress/" + name + "/cmd/egress-" + name, "/puente"})
	}
	return append(all, program{"jaeger", "services/puente/e2e/internal/jaeger", "github.com/jaegertracing/jaeger/cmd/all-in-one", "/go/bin/all-in-one-linux"})
}

func main() {
	log.SetFlags(0)
	out := flag.String("o", "", "`folder` of the archives")
	root := flag.String("root", "../..", "the repository's `folder`")
	flag.Parse()
	if *out == "" {
		log.Fatal("images: -o is required")
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		log.Fatal(err)
	}
	certificates, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		log.Fatalf("root certificates: %v", err)
	}
	for _, p := range programs() {
		file := filepath.Join(*out, p.image+".program")
		if err := compile(filepath.Join(*root, p.folder), p, file); err != nil {
			log.Fatal(err)
		}
		binary, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		if p.image != "puente" { // which the test runs itself, too
			_ = os.Remove(file)
		}
		var b bytes.Buffer
		err = archive(&b, registry+"/"+p.image+":"+tag, p.at, []entry{
			{"etc/ssl/certs/ca-certificates.crt", 0o644, certificates},
			{"etc/passwd", 0o644, []byte("puente:x:65532:65532::/:/sbin/nologin\n")},
			{p.at[1:], 0o755, binary},
		})
		if err == nil {
			err = os.WriteFile(filepath.Join(*out, p.image+".tar"), b.Bytes(), 0o644)
		}
		if err != nil {
			log.Fatalf("%s: %v", p.image, err)
		}
		fmt.Println(p.image)
	}
}

// compile is the build of deploy/Dockerfile. A folder with a module of its own is built without the workspace.
func compile(folder string, p program, to string) error {
	to, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	c := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X github.com/bonychat/puente/pkg/version.release="+tag, "-o", to, p.main)
	c.Dir, c.Env = folder, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOFLAGS=")
	if p.folder == "." {
		c.Env = append(c.Env, "GOWORK=")
	} else {
		c.Env = append(c.Env, "GOWORK=off")
	}
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", p.image, err, out)
	}
	return nil
}
