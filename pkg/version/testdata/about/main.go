// Command about says what the package version knows of it, for the package's test.
package main

import (
	"fmt"

	"github.com/bonychat/puente/pkg/version"
)

func main() { fmt.Print(version.About(), version.UserAgent(), "\n") }
