// Package yamlfile reads one YAML file, value by value, and reports every mistake in it at once: where it is, and what is
// allowed there. It knows no setting: package config asks for those.
//
//	root, ok := yamlfile.Source{Name: "puente.yaml", Folder: ".", Env: os.LookupEnv, Open: yamlfile.ReadReferred}.Read(data)
//	if ok {
//		fields, _ := root.Fields("listen", "grace")
//		listen, grace := fields["listen"].HostPort("127.0.0.1:8080"), fields["grace"].Duration(0, time.Minute)
//	}
//	return root.Mistakes() // puente.yaml:12: grace: must be a time from 0s to 1m0s, such as 30s
//
// ${NAME} in a value stands for a variable, and a value that begins with file: for the content of a file: both are read with
// the value, and what they yield is not looked through again. No mistake holds a value, or what a reference yields: each may
// be a credential.
//
// A method that returns a zero value beside no mistake found none there: what that means is for the caller to say. Nothing
// here is safe for concurrent use, and nothing waits: what is no regular file is not read.
package yamlfile
