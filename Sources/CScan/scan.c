#include "CScan.h"
int scan_placeholder(void){return 0;}
