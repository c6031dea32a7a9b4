/* What `docker run hello-world` prints: that it worked, and the steps that it took. */
#include <stdio.h>

int main(void) {
  puts(
      "\n"
      "Hello from Drydock!\n"
      "This message shows that Docker works here.\n"
      "\n"
      "To show it, Docker took these steps:\n"
      " 1. The client, the command docker, sent your command to the daemon, dockerd.\n"
      " 2. The daemon pulled the image \"hello-world\" from the image library.\n"
      " 3. The daemon made a container of that image, and ran the program that prints this text.\n"
      " 4. The daemon sent the text to the client, and the client sent it to your terminal.\n"
      "\n"
      "To try more, run a shell in a container of its own:\n"
      " $ docker run -it debian bash\n"
      "\n"
      "or a web server, and open its port:\n"
      " $ docker run -d -p 8080:80 nginx\n");
  return 0;
}
