#include "COpenVINO.h"
int ov_placeholder(void){return 0;}
